/** What a snapshot says about itself in restic's tags: enough to list it without opening it. */
import type { ServiceRow, SnapshotInfo } from '@hearth/contract';

export interface SnapshotTags {
  readonly version: string | null;
  readonly title: string | null;
  /** Whether the service was wanted to run. */
  readonly running: boolean;
}

const allowed = /^[A-Za-z0-9_.:=#+~-]{1,200}$/;

export function tagsOf(row: ServiceRow): string[] {
  const { version, title } = row.manifest;
  // Tags have few characters; titles have any.
  const sealed = Buffer.from(title.slice(0, 60)).toString('base64url');
  return [`version=${version}`, `title=${sealed}`, `desired=${row.status.desired}`].filter((tag) => allowed.test(tag));
}

export function readTags({ tags }: Pick<SnapshotInfo, 'tags'>): SnapshotTags {
  const value = (name: string): string | null => {
    const tag = tags.find((candidate) => candidate.startsWith(`${name}=`));
    return tag === undefined ? null : tag.slice(name.length + 1);
  };
  const title = value('title');
  return {
    version: value('version'),
    title: title === null ? null : Buffer.from(title, 'base64url').toString().slice(0, 200),
    running: value('desired') === 'running',
  };
}
