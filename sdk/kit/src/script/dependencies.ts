/** Tells the host what the service needs of others, and asks the owner for what must be done there once. */
import type { AnyContext } from './context.ts';
import type { DependencyRequirement, Effects } from './effects.ts';
import type { Dependency } from './types.ts';

export async function dependOn(
  effects: Effects,
  dependencies: Readonly<Record<string, Dependency<AnyContext>>>,
  context: AnyContext,
  /** Tasks are set once: when it is installed. */
  isNew: boolean,
): Promise<void> {
  const required = Object.entries(dependencies);
  await effects.setDependencies({ dependencies: required.map(([id, dependency]) => requirement(id, dependency)) });
  for (const [id, { task }] of required) {
    if (task === undefined || !isNew) continue;
    const { action, severity, reason } = task;
    const set = await task.input?.(context);
    await effects.action.createTask({
      replayId: `${id}:${action}`,
      packageId: id,
      actionId: action,
      severity,
      reason,
      ...(set === undefined ? {} : { input: { kind: 'partial', accept: [set], set } }),
    });
  }
}

function requirement(
  id: string,
  { needs, versionRange }: Pick<Dependency<never>, 'needs' | 'versionRange'>,
): DependencyRequirement {
  if (needs === 'exists') return { kind: 'exists', id, versionRange };
  return { kind: 'running', id, versionRange, healthChecks: [...needs.running] };
}
