import { IMPOSSIBLE, VersionGraph, VersionInfo } from '@start9labs/start-sdk';

const current = VersionInfo.of({
  version: '1.0.0:1',
  releaseNotes: 'The first revision',
  migrations: { up: async () => {}, down: IMPOSSIBLE },
});

export const versionGraph = VersionGraph.of({ current, other: [] });
