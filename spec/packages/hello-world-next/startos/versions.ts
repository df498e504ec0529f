import { VersionGraph, VersionInfo } from '@start9labs/start-sdk';
import { store } from '../../hello-world/startos/store';

const first = VersionInfo.of({
  version: '1.0.0:1',
  releaseNotes: 'The first revision',
  migrations: { up: async () => {}, down: async () => {} },
});

const current = VersionInfo.of({
  version: '2.0.0:0',
  releaseNotes: 'Greets louder',
  migrations: {
    up: async ({ effects }) => {
      const greeting = (await store.read((s) => s.greeting).once()) ?? 'Hello';
      await store.merge(effects, { greeting: `${greeting}!` });
    },
    down: async ({ effects }) => {
      const greeting = (await store.read((s) => s.greeting).once()) ?? 'Hello';
      await store.merge(effects, { greeting: greeting.replace(/!$/, '') });
    },
  },
});

export const versionGraph = VersionGraph.of({ current, other: [first] });
