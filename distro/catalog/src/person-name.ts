/** The field that asks for the first part of somebody's address. */
import { fields } from '@hearth/sdk';

/** `end`: what follows the name in the address, in words: `the @`. */
export const personName = (end: string) =>
  fields.text({
    name: 'Name',
    description: `What stands before ${end}: small letters, digits, dots and hyphens.`,
    maxLength: 64,
    patterns: [{ regex: '[a-z0-9][a-z0-9.-]*', description: 'use small letters, digits, dots and hyphens' }],
  });
