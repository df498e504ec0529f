import { describe, expect, test } from '@jest/globals';
import type { ReactiveController } from 'lit';
import { StateReplica } from './replica.ts';
import { Select } from './select.ts';

interface State {
  readonly services?: Readonly<Record<string, { readonly name: string }>>;
  readonly server?: { readonly name: string };
}

function host() {
  const controllers: ReactiveController[] = [];
  let updates = 0;
  return {
    controllers,
    updates: () => updates,
    addController: (controller: ReactiveController) => void controllers.push(controller),
    removeController: () => undefined,
    requestUpdate: () => {
      updates += 1;
    },
    updateComplete: Promise.resolve(true),
  };
}

function loaded(): StateReplica<State> {
  const replica = new StateReplica<State>();
  const value = { services: { a: { name: 'A' }, b: { name: 'B' } }, server: { name: 'Home' } };
  replica.apply({ type: 'snapshot', epoch: 'e', rev: 1, value });
  return replica;
}

describe('a selection', () => {
  test('draws again only when its part changed', () => {
    const replica = loaded();
    const element = host();
    const select = new Select(element, replica, ({ services }) => services?.['a']);
    select.hostConnected();
    replica.apply({ type: 'patch', epoch: 'e', from: 1, rev: 2, ops: [[['services', 'b', 'name'], 'C']] });
    replica.apply({ type: 'patch', epoch: 'e', from: 2, rev: 3, ops: [[['server', 'name'], 'House']] });
    expect(element.updates()).toBe(0);
    replica.apply({ type: 'patch', epoch: 'e', from: 3, rev: 4, ops: [[['services', 'a', 'name'], 'AA']] });
    expect(element.updates()).toBe(1);
    expect(select.value).toEqual({ name: 'AA' });
  });

  test('rests while its element is not on the page, and catches up when it is back', () => {
    const replica = loaded();
    const element = host();
    const select = new Select(element, replica, ({ server }) => server?.name);
    select.hostConnected();
    select.hostDisconnected();
    replica.apply({ type: 'patch', epoch: 'e', from: 1, rev: 2, ops: [[['server', 'name'], 'House']] });
    expect(element.updates()).toBe(0);
    select.hostConnected();
    expect(element.updates()).toBe(1);
    expect(select.value).toBe('House');
  });

  test('follows a property of its element', () => {
    const replica = loaded();
    let wanted = 'a';
    const select = new Select(host(), replica, ({ services }) => services?.[wanted]?.name);
    wanted = 'b';
    select.hostUpdate();
    expect(select.value).toBe('B');
  });

  test('sees nothing of the last owner after logging out', () => {
    const replica = loaded();
    const select = new Select(host(), replica, ({ server }) => server?.name);
    select.hostConnected();
    replica.clear();
    expect(select.value).toBeUndefined();
    expect(replica.loaded).toBe(false);
    replica.apply({ type: 'snapshot', epoch: 'f', rev: 1, value: { server: { name: 'Other' } } });
    expect(select.value).toBe('Other');
  });
});
