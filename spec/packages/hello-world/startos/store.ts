import { FileHelper, z } from '@start9labs/start-sdk';
import { sdk } from './sdk';

/** What the owner set, kept in the volume the program reads too. */
export const store = FileHelper.json(
  { base: sdk.volumes.main, subpath: 'store.json' },
  z.object({ greeting: z.string().catch('Hello'), count: z.number().catch(0) }),
);
