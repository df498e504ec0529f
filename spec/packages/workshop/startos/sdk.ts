import * as fs from 'node:fs/promises';
import { StartSdk } from '@start9labs/start-sdk';
import { manifest } from './manifest';

export const sdk = StartSdk.of().withManifest(manifest).build(true);
export const ports = { web: 8080, api: 8081, inner: 8082, own: 8443, both: 8444, line: 9735, calls: 9800 } as const;

/** What happened, in order: a file the tests read. */
export async function note(line: string): Promise<void> {
  await fs.appendFile(sdk.volumes.main.subpath('journal'), `${line}\n`);
}
