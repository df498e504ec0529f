/** Verbs on the machine and its network. */
import { applyFirewall } from '../firewall/apply.ts';
import { runConfined } from '../confined/run.ts';
import { hostUsage } from '../host/features.ts';
import { prepareHost } from '../host/prepare.ts';
import { releaseHost } from '../host/release.ts';
import { applyNames } from '../names/names.ts';
import { applyProxy } from '../proxy/proxy.ts';
import type { Handlers } from './handler.ts';

export const networkVerbs: Handlers<
  'host.prepare' | 'host.release' | 'host.usage' | 'bridge.apply' | 'names.apply' | 'proxy.apply' | 'plugin.run'
> = {
  'host.prepare': ({ machine }) => prepareHost(machine),
  'host.release': async ({ machine, watch }, { killAfterMs }) => {
    watch.removeAll();
    await releaseHost(machine, killAfterMs);
    return {};
  },
  'host.usage': ({ machine }) => hostUsage(machine.config),
  'bridge.apply': async ({ machine }, input) => {
    await applyFirewall(machine, input);
    return {};
  },
  'names.apply': async ({ machine }, input) => {
    await applyNames(machine, input);
    return {};
  },
  'proxy.apply': ({ machine }) => applyProxy(machine),
  'plugin.run': ({ machine }, { slot }, call) => runConfined(machine.config, slot, call),
};
