import { bench, sdk } from './sdk';

const { InputSpec, Value } = sdk;
const metadata = (name: string) => ({
  name,
  description: name,
  warning: null,
  allowedStatuses: 'any' as const,
  group: null,
  visibility: 'enabled' as const,
});
const single = (title: string, value: unknown) => ({
  version: '1' as const,
  title,
  message: null,
  result: { type: 'single' as const, value: JSON.stringify(value), copyable: false, qr: false, masked: false },
});

export const choose = sdk.Action.withInput(
  'choose',
  metadata('Choose'),
  InputSpec.of({ work: Value.select({ name: 'Work', default: 'plane', values: { plane: 'Plane', saw: 'Saw' } }) }),
  async () => null,
  async ({ effects, input }) => {
    await bench.merge(effects, { chosen: input.work });
  },
);

const outcome = (work: Promise<unknown>): Promise<unknown> => work.catch((error: Error) => error.message);

/** What another package gives: as far as its actions are open to this one. */
export const borrow = sdk.Action.withoutInput('borrow', metadata('Borrow'), async ({ effects }) => {
  const run = (actionId: string, input?: object) =>
    outcome(effects.action.run({ packageId: 'workshop', actionId, ...(input && { input: input as never }) }));
  const shown: any = await run('show');
  return single('Borrowed', {
    open: shown.result.value.length,
    input: await outcome(effects.action.getInput({ packageId: 'workshop', actionId: 'set-size' })),
    failing: await run('refuse'),
    closed: await run('bootstrap'),
  });
});

export const inquire = sdk.Action.withoutInput('inquire', metadata('Inquire'), async ({ effects }) => {
  const check = await sdk.checkDependencies(effects);
  return single('Found', {
    installed: check.installedSatisfied('workshop'),
    // By what it says it satisfies; its own version is none of this kind.
    version: check.throwIfInstalledVersionNotSatisfied('workshop'),
    plain: check.installedVersionSatisfied('workshop'),
    running: check.runningSatisfied('workshop'),
    tasks: check.tasksSatisfied('workshop'),
    healthy: check.healthCheckSatisfied('workshop', 'web'),
    satisfied: check.satisfied(),
    dependencies: await sdk.getDependencies(effects),
    packages: await sdk.getInstalledPackages(effects),
    status: (await sdk.getStatus(effects, { packageId: 'workshop' }).once())?.desired,
    nobody: await sdk.getStatus(effects, { packageId: 'nobody' }).once(),
    address: await sdk.getContainerIp(effects, { packageId: 'workshop' }).once(),
    calls: await sdk.host
      .get(effects, { packageId: 'workshop', hostId: 'calls' }, (host: any) => {
        const range = host?.bindingRanges[9800];
        return [range?.externalStartPort, range?.numberOfPorts];
      })
      .once(),
    bridge: await sdk.host
      .getBridgeAddress(effects, { packageId: 'workshop', hostId: 'web', internalPort: 8080 })
      .once(),
    inner: await sdk.host
      .getBridgeAddress(effects, { packageId: 'workshop', hostId: 'inner', internalPort: 8082 })
      .once(),
    fallback: await sdk.host
      .getBridgeAddress(effects, { packageId: 'library', hostId: 'x', internalPort: 1, fallbackPort: 9050 })
      .once(),
    own: await outcome(
      sdk.SubContainer.withTemp(effects, { imageId: 'main' }, null, 'other', async (sub) =>
        sub.mount(
          sdk.Mounts.of().mountDependency({
            dependencyId: 'library',
            volumeId: 'main',
            subpath: null,
            mountpoint: '/books',
            readonly: true,
          }),
        ),
      ),
    ),
  });
});

export const actions = sdk.Actions.of().addAction(choose).addAction(borrow).addAction(inquire);
