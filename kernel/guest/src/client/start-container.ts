/** `start-container` for people and programs inside a container: one effect, one answer. */
import { connect } from 'node:net';
import { containerLayout } from '../files/paths.ts';

const [method = '', json = '{}'] = process.argv.slice(2);

if (method === '' || method.startsWith('-')) {
  process.stderr.write('Usage: start-container METHOD [\'{"json": "parameters"}\']\n');
  process.exit(2);
}

const socket = connect(containerLayout.hostSocket);
let text = '';
socket.on('connect', () => {
  socket.write(`${JSON.stringify({ id: 1, method, params: JSON.parse(json) as unknown })}\n`);
});
socket.on('error', (error) => {
  process.stderr.write(`Cannot reach the host: ${error.message}\n`);
  process.exit(1);
});
socket.on('data', (chunk: Buffer) => {
  text += chunk.toString('utf8');
  const end = text.indexOf('\n');
  if (end < 0) return;
  const { result, error } = JSON.parse(text.slice(0, end)) as { result?: unknown; error?: { message: string } | null };
  if (error === undefined || error === null) process.stdout.write(`${JSON.stringify(result)}\n`);
  else process.stderr.write(`${error.message} ${JSON.stringify(error)}\n`);
  process.exit(error === undefined || error === null ? 0 : 1);
});
