/** `node shell-ui/src/build/demo.ts [fresh|empty|full] [port]`: the page with a made-up server behind it. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildUi } from './build.ts';
import { demoCode, demoPassword } from './demo/backend.ts';
import { startDemo } from './demo/server.ts';
import type { Scene } from './demo/state.ts';

const [scene = 'full', port = '8600'] = process.argv.slice(2);
const folder = join(tmpdir(), 'hearth-demo-ui');
const { bytes } = await buildUi(folder);
const demo = await startDemo(folder, scene as Scene, Number(port));
process.stdout.write(`${demo.url}  password: "${demoPassword}"  code: "${demoCode}"  (${bytes} bytes)\n`);
