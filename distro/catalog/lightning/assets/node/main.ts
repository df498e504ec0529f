/** The program: reads its settings, runs the node, and answers its own actions on the loopback address. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { initializeWasmFromBinary } from 'lightningdevkit';
import { serve } from './control.ts';
import { LightningNode, type NodeConfig } from './node.ts';

export interface Settings extends NodeConfig {
  /** For the service's own actions; only programs beside this one reach it. */
  readonly controlPort: number;
}

const [, , path = ''] = process.argv;
const settings = JSON.parse(readFileSync(path, 'utf8')) as Settings;
await initializeWasmFromBinary(
  new Uint8Array(readFileSync(fileURLToPath(import.meta.resolve('lightningdevkit/liblightningjs.wasm')))),
);
const node = await LightningNode.start(settings);
const server = await serve(node, settings.controlPort);
console.log(`Node ${node.id} on ${node.network}, at block ${node.height}`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    server.close();
    node.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}
