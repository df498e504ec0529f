/** Makes the row of a service as the kernel would keep it. */
import type { ServiceRow } from '@hearth/contract';

const day = 86_400_000;

export interface Sketch {
  readonly id: string;
  readonly title: string;
  readonly version: string;
  readonly short: string;
  readonly long: string;
  readonly index: number;
  readonly status: ServiceRow['status'];
  readonly job?: string;
  readonly error?: ServiceRow['error'];
  readonly interfaces?: ServiceRow['hosts'];
  readonly actions?: ServiceRow['actions'];
  readonly tasks?: ServiceRow['tasks'];
  readonly dependencies?: ServiceRow['dependencies'];
  readonly lastBackup?: number;
}

export function makeRow(sketch: Sketch, now: number): ServiceRow {
  return {
    id: sketch.id,
    index: sketch.index,
    manifest: {
      id: sketch.id,
      version: sketch.version,
      canMigrateTo: '*',
      canMigrateFrom: '*',
      title: sketch.title,
      description: { short: sketch.short, long: sketch.long },
      releaseNotes: { en_US: 'Follows the upstream release.\nStarts faster, and tells its health more precisely.' },
      gitHash: null,
      license: 'MPL-2.0',
      packageRepo: 'https://example.com/package',
      upstreamRepo: 'https://example.com/upstream',
      marketingUrl: 'https://example.com/',
      donationUrl: null,
      osVersion: null,
      sdkVersion: null,
      hardwareAcceleration: false,
      userspaceFilesystems: false,
      virtualNetworking: false,
      plugins: [],
      satisfies: [],
      images: {},
      volumes: ['main'],
      dependencies: {},
      hardwareRequirements: { device: [], ram: null, arch: null },
    },
    package: {
      rootSighash: 'a1b2c3d4e5f60718'.repeat(4),
      rootMaxsize: 48_000_000,
      signer: '7f3a91c2d4e8b605'.repeat(4),
      registry: 'file:registry',
      size: 47_812_344,
      installedAt: now - 20 * day,
    },
    status: sketch.status,
    error: sketch.error ?? null,
    job: sketch.job ?? null,
    hosts: sketch.interfaces ?? {},
    actions: sketch.actions ?? {},
    tasks: sketch.tasks ?? {},
    dependencies: sketch.dependencies ?? {},
    lastBackup: sketch.lastBackup ?? null,
  };
}

export type Face = { id: string; name: string; description: string; type: 'ui' | 'api' | 'p2p'; masked?: boolean };

export function hosts(faces: readonly Face[]): ServiceRow['hosts'] {
  return Object.fromEntries(
    faces.map(({ id, name, description, type, masked = false }, at) => [
      id,
      {
        bindings: {
          [String(8000 + at)]: {
            enabled: true,
            options: { preferredExternalPort: 443, addSsl: null, secure: null },
            net: { assignedPort: null, assignedSslPort: 443 },
            addresses: { enabled: [], disabled: [], guaAccess: {}, available: [] },
            interfaces: {
              [id]: {
                id,
                name,
                description,
                masked,
                type,
                addressInfo: {
                  username: null,
                  hostId: id,
                  internalPort: 8000 + at,
                  scheme: 'http',
                  sslScheme: 'https',
                  suffix: '',
                },
              },
            },
          },
        },
        bindingRanges: {},
        publicDomains: {},
        privateDomains: {},
        portForwards: [],
      },
    ]),
  );
}

export function running(now: number, since: number): ServiceRow['status'] {
  return {
    desired: 'running',
    actual: 'running',
    reason: 'Started by you',
    since: now - since,
    deadline: null,
    startedAt: now - since,
    crashes: 0,
  };
}
