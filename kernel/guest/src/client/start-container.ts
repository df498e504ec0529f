/** `start-container` for people and programs inside a container: one effect, one answer. */
import { connect } from 'node:net';
import { containerLayout } from '../files/paths.ts';
import { type EffectForm, readEffectForm } from '../programs/effect-forms.ts';

const usage = `Usage: start-container METHOD ['{"json": "parameters"}']
       start-container echo|restart|shutdown|rebuild|get-status|get-dependencies|set-dependencies|check-dependencies|
                       set-data-version|get-data-version|action get-input|action run|... WORDS
`;

function formOf(argv: readonly string[]): EffectForm | null {
  try {
    return readEffectForm(argv);
  } catch {
    return null;
  }
}

function send({ method, params }: EffectForm): void {
  const socket = connect(containerLayout.hostSocket);
  let text = '';
  socket.on('connect', () => socket.write(`${JSON.stringify({ id: 1, method, params })}\n`));
  socket.on('error', (error) => {
    process.stderr.write(`Cannot reach the host: ${error.message}\n`);
    process.exit(1);
  });
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
    const end = text.indexOf('\n');
    if (end >= 0) tell(text.slice(0, end));
  });
}

function tell(line: string): never {
  const { result, error } = JSON.parse(line) as { result?: unknown; error?: { message: string } | null };
  if (error === undefined || error === null) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    process.exit(0);
  }
  process.stderr.write(`${error.message} ${JSON.stringify(error)}\n`);
  process.exit(1);
}

const form = formOf(process.argv.slice(2));
if (form === null) {
  process.stderr.write(usage);
  process.exit(2);
}
send(form);
