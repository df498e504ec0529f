/** What a plugin sees of the kernel: its scope. Made by the supervisor, undone by it. */
import { join } from 'node:path';
import type { AnyPlugin, Events, Log, Places, PluginScope, Slice, StateDeclaration } from '@hearth/contract';
import { errors } from './errors.ts';
import type { Store } from './state/store.ts';

export interface ScopeParts {
  readonly log: Log;
  readonly store: Store;
  readonly places: Places;
  /** By plugin id. */
  readonly config: Readonly<Record<string, unknown>>;
}

export interface Undo {
  readonly what: string;
  readonly undo: () => void | Promise<void>;
}

export function createScope(
  plugin: AnyPlugin,
  parts: ScopeParts,
  events: Events,
  onStop: (undo: Undo) => void,
): PluginScope<unknown, unknown, unknown> {
  const { id } = plugin;
  const claim = (name: string, part: string, declaration: StateDeclaration<unknown> | undefined): Slice<unknown> =>
    declaration === undefined
      ? absentSlice(id, part)
      : parts.store.slice({
          name,
          schema: declaration.schema,
          initial: declaration.initial,
          ...(declaration.volatile === true ? { volatile: true } : {}),
          ...(declaration.version === undefined ? {} : { version: declaration.version }),
          ...(declaration.migrations === undefined ? {} : { migrations: declaration.migrations }),
          ...(part === 'secret' ? { private: true } : {}),
        });
  return {
    id,
    log: parts.log.child({ plugin: id }),
    config: parts.config[id] ?? {},
    state: claim(id, 'state', plugin.state as StateDeclaration<unknown> | undefined),
    secret: claim(`${id}.secret`, 'secret', plugin.secret as StateDeclaration<unknown> | undefined),
    events,
    folder: pluginFolder(parts.places, id),
    places: parts.places,
    onStop: (what, undo) => onStop({ what, undo }),
  };
}

export function pluginFolder(places: Pick<Places, 'data'>, id: string): string {
  return join(places.data, 'kernel/plugins', id);
}

/** Stands for a slice the plugin has not declared: using it is a mistake in the plugin. */
function absentSlice(plugin: string, part: string): Slice<unknown> {
  const refuse = (): never => {
    throw errors.noSlice({ plugin, part });
  };
  return { name: `${plugin}.${part}`, read: refuse, commit: refuse, watch: refuse };
}
