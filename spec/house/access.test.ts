/** Who may call what: every method of the product, as everyone there is. */
import { describe, expect, test } from '@jest/globals';
import { type Allow, HearthError, type Principal, type Role } from '@hearth/contract';
import { createLog, methodsOf } from '@hearth/kernel/testing';
import { z } from 'zod';
import { plugins } from '../../distro/daemon/src/plugins.ts';
import { createDispatcher } from '../../kernel/core/src/rpc/dispatcher.ts';

const ranks: readonly Allow[] = ['anyone', 'viewer', 'admin', 'owner'];
const user = (role: Role) => ({ kind: 'user', user: 'somebody', role, session: 's' }) as const;
const token = (role: Role, ...scopes: string[]): Principal => ({ ...user(role), program: { name: 'a', scopes } });
const callers: readonly { readonly name: string; readonly principal: Principal; readonly passes: readonly Allow[] }[] =
  [
    { name: 'nobody', principal: { kind: 'anonymous' }, passes: ['anyone'] },
    { name: 'a viewer', principal: user('viewer'), passes: ['anyone', 'viewer'] },
    { name: 'an admin', principal: user('admin'), passes: ['anyone', 'viewer', 'admin'] },
    { name: 'the owner', principal: user('owner'), passes: ranks },
    { name: 'root', principal: { kind: 'root' }, passes: ranks },
    { name: 'a package', principal: { kind: 'package', service: 'x' }, passes: [] },
    { name: 'a plugin', principal: { kind: 'plugin', plugin: 'x' }, passes: [] },
  ];
/** Open to the world: nothing else may ever be. */
const open = ['auth.login', 'auth.whoami', 'echo', 'server.status', 'setup.execute', 'setup.status'];
/** Answers facts and changes nothing. */
const readers =
  /\.(list|get|get-input|status|stats|logs|wait|whoami|dump|history)$|^(auth\.(login|logout|reset-password|session\.kill)|echo|setup\.execute)$/;

describe('the method table', () => {
  const table = methodsOf(plugins);

  test('lets in whom each method says, and nobody else', async () => {
    const methods = await table;
    const ran = new Set<string>();
    // The real gate before work that does nothing but tell that it was reached.
    const rows = methods.map((method) => ({
      method: { ...method, run: () => void ran.add(method.name) },
      up: () => Promise.resolve(void ran.add(method.name)),
    }));
    const dispatcher = createDispatcher(rows, { log: createLog('silent'), deadlineScale: 1 });
    const wrong: string[] = [];
    for (const method of methods) {
      for (const { name, principal, passes } of callers) {
        ran.clear();
        const code = await dispatcher.call({ method: method.name, input: {}, principal }).then(
          () => 'ok',
          (error: unknown) => HearthError.from(error).code,
        );
        const refused = code === 'rpc.signInFirst' || code === 'rpc.notAllowed';
        if (refused === passes.includes(method.allow) || (refused && ran.size > 0))
          wrong.push(`${method.name} (${method.allow}) as ${name}: ${code}`);
      }
    }
    expect(methods.length).toBeGreaterThan(40);
    expect(wrong).toEqual([]);
  });

  test('lets a token do what it was made for, within its role, and nothing else', async () => {
    const methods = await table;
    const open = methods.filter(({ allow }) => allow === 'anyone').map(({ name }) => name);
    const inert = methods.map((method) => ({
      method: { ...method, input: z.unknown(), output: z.unknown(), run: () => null },
    }));
    const dispatcher = createDispatcher(inert, { log: createLog('silent'), deadlineScale: 1 });
    const passed = async (principal: Principal): Promise<string[]> => {
      const names: string[] = [];
      for (const { name } of methods) {
        const code = await dispatcher.call({ method: name, input: {}, principal }).then(
          () => 'ok',
          (error: unknown) => HearthError.from(error).code,
        );
        if (code === 'ok') names.push(name);
        else expect([name, code]).toEqual([name, expect.stringMatching(/^rpc\.(outOfScope|notAllowed)$/)]);
      }
      return names.filter((name) => !open.includes(name));
    };
    const beneath = (start: string, ...allow: Allow[]) =>
      methods.filter((method) => method.name.startsWith(start) && allow.includes(method.allow)).map(({ name }) => name);
    // Every method as the one scope of a token: that method, and no other.
    for (const { name, allow } of methods)
      expect([name, await passed(token('owner', name))]).toEqual([name, allow === 'anyone' ? [] : [name]]);
    expect(await passed(token('owner', 'package.*'))).toEqual(beneath('package.', 'viewer', 'admin', 'owner'));
    expect(await passed(token('viewer', 'package.*'))).toEqual(beneath('package.', 'viewer'));
    expect(await passed(token('admin', 'package.backup.*', 'job.list'))).toEqual([
      'job.list',
      'package.backup.restore',
    ]);
    for (const odd of ['package', 'package.', '*', '.*', 'package.st*', 'PACKAGE.*', 'package.start.*', ''])
      expect([odd, await passed(token('owner', odd))]).toEqual([odd, []]);
    expect(await passed(token('owner'))).toEqual([]);
  });

  test('is open to the world only where it must be', async () => {
    expect((await table).filter(({ allow }) => allow === 'anyone').map(({ name }) => name)).toEqual(open);
  });

  test('lets viewers change nothing but their own sessions', async () => {
    const names = (await table).filter(({ allow }) => allow === 'viewer').map(({ name }) => name);
    expect(names.filter((name) => !readers.test(name))).toEqual([]);
  });
});
