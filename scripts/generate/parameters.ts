/** What the command line must know of a method to offer it: how each parameter is written there. Pure. */
import type { AnyMethod } from '@hearth/contract';
import { z } from 'zod';
import type { Schema } from './typescript.ts';

/** As in sdk/cli/src/api.ts. */
interface Parameter {
  readonly name: string;
  readonly kind: 'text' | 'secret' | 'number' | 'switch' | 'list' | 'json';
  readonly required: boolean;
  readonly about?: string;
  readonly choices?: readonly string[];
}

type Described = Schema & { readonly description?: string };

/** Never on a command line: everybody on the machine may read those. */
const secret = /password|^code$|^token$/i;

export function factsOf(method: AnyMethod): string {
  const input = z.toJSONSchema(method.input, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as Schema;
  const output = z.toJSONSchema(method.output, { io: 'output', unrepresentable: 'any', reused: 'inline' }) as Schema;
  const parameters = Object.entries(input.properties ?? {}).map(([name, schema]) =>
    parameterOf(name, schema, input.required?.includes(name) === true),
  );
  const { name, about, allow } = method;
  const job = output.properties?.['job'] !== undefined && output.properties['rev'] !== undefined;
  return JSON.stringify({ name, about: about.replace(/\.$/, ''), allow, job, parameters });
}

function parameterOf(name: string, given: Described, required: boolean): Parameter {
  const schema = bare(given);
  const about = given.description ?? schema.description;
  const choices = schema.enum?.filter((choice) => typeof choice === 'string');
  return {
    name,
    kind: kindOf(name, schema),
    required,
    ...(about !== undefined && { about }),
    ...(choices !== undefined && choices.length > 0 && { choices }),
  };
}

/** Without the null it may also be. */
function bare(schema: Described): Described {
  const choices = (schema.anyOf ?? schema.oneOf)?.filter(({ type }) => type !== 'null');
  return choices?.length === 1 && choices[0] !== undefined ? choices[0] : schema;
}

function kindOf(name: string, schema: Schema): Parameter['kind'] {
  switch (schema.type) {
    case 'string':
      return secret.test(name) ? 'secret' : 'text';
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
      return 'switch';
    case 'array':
      return schema.items?.type === 'string' ? 'list' : 'json';
    default:
      return 'json';
  }
}
