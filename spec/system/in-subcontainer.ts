/** One action that makes a subcontainer and runs a body of a test's with helpers around it. */
import type { FakeHost } from '@hearth/guest/testing';

export const subcontainerScript = `
  const { spawn, execFile } = require('child_process');
  const { promisify } = require('util');
  const fs = require('fs/promises');
  const run = promisify(execFile);
  const finish = (child) => new Promise((resolve, reject) => {
    let stdout = '', stderr = '';
    child.stdout.on('data', (chunk) => { stdout += chunk; });
    child.stderr.on('data', (chunk) => { stderr += chunk; });
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const AsyncFunction = (async () => {}).constructor;
  exports.init = async () => {};
  exports.uninit = async () => {};
  exports.actions = { get: () => ({ getInput: async () => null, run: async ({ effects, input }) => {
    const [root, guid] = await effects.subcontainer.createFs({ imageId: 'main', name: 'test' });
    const leader = spawn('start-container', ['subcontainer', 'launch', root], { stdio: 'inherit' });
    const left = new Promise((resolve) => leader.on('exit', (code, signal) => resolve({ code, signal })));
    const start = (command, flags = [], options = {}) =>
      spawn('start-container', ['subcontainer', 'exec', '--env-file=/media/startos/images/main.env', ...flags, root, ...command], options);
    const exec = (command, flags, options) => finish(start(command, flags, options));
    const bind = (source, target, ...flags) =>
      run('start-container', ['bind-mount', '--source', source, '--target', root + target, '--recursive', ...flags]);
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    try {
      return await new AsyncFunction('effects', 'root', 'guid', 'leader', 'left', 'start', 'exec', 'bind', 'wait', 'finish', 'run', 'fs', 'spawn', 'require', input)(
        effects, root, guid, leader, left, start, exec, bind, wait, finish, run, fs, spawn, require);
    } finally {
      leader.kill('SIGTERM');
      await left;
      await effects.subcontainer.destroyFs({ guid });
    }
  } }) };
`;

/** @param milliseconds how long it may take */
export function inSubcontainer(host: FakeHost, body: string, milliseconds = 30_000): Promise<any> {
  return host.request('execute', {
    id: 'event-action-1',
    procedure: '/actions/do/run',
    input: { input: body },
    timeout: milliseconds,
  });
}
