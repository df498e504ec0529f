import { FileHelper, z } from '@start9labs/start-sdk';
import { sdk } from './sdk';

const place = { packageId: z.string(), hostId: z.string(), internalPort: z.number() };

export const store = FileHelper.json(
  { base: sdk.volumes.main, subpath: 'store.json' },
  z.object({ given: z.array(z.object({ ...place, name: z.string() })) }),
);
