/**
 * Fetches on behalf of one operation on a place for backups: to the hosts of the grant and, where that was granted, to the
 * addresses that were entered for the place. The blob goes past the plugin, as fast as both ends take it.
 */
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type CapabilityOf, type ConfinedOutput, type ConfinedParsed, HearthError } from '@hearth/contract';
import { hostMatches } from './addresses.ts';
import { refusals } from './errors.ts';
import { allowedTarget, type FetchParts, read, requestTo, toldHeaders } from './fetch.ts';
import { type Operation, Receiving, Sending } from './operations.ts';

/** Without a byte either way. */
const silentMs = 60_000;

type Input = ConfinedParsed<'backup.fetch'>;
type Answer = ConfinedOutput<'backup.fetch'>;

/** Redirects are answered, not followed: a blob goes out once. Throws `plugin.hostRefused`, `plugin.fetchFailed`, `plugin.noBlob`. */
export async function fetchForTarget(
  input: Input,
  grant: CapabilityOf<'backup.target'>,
  operation: Operation,
  parts: FetchParts = {},
): Promise<Answer> {
  const { hosts = [], entered = false } = grant;
  const { signal } = operation;
  const target = await allowedTarget(
    input.url,
    (host) => {
      if (entered && operation.entered.includes(host)) return 'entered';
      return hostMatches(host, hosts) ? 'public' : null;
    },
    parts,
  );
  const blob = blobOf(input, operation);
  const call = requestTo(target, input, signal);
  // One that was heard may be followed by others.
  call.on('error', () => undefined);
  call.setTimeout(silentMs, () => call.destroy(new Error('it took too long')));
  try {
    return await exchange(call, input, blob);
  } catch (cause) {
    call.destroy();
    if (HearthError.is(cause)) throw cause;
    const words = cause instanceof Error ? cause.message : 'it broke off';
    throw refusals.fetchFailed(
      { host: target.url.host, reason: signal.aborted ? 'nobody waits for it' : words },
      cause,
    );
  }
}

function blobOf({ blob }: Input, { sending, receiving }: Operation): Sending | Receiving | null {
  if (blob === null) return null;
  const found = blob === 'send' ? sending : receiving;
  if (found === null) throw refusals.noBlob({ verb: blob, reason: 'the operation has none' });
  return found;
}

async function exchange(call: ClientRequest, { body }: Input, blob: Sending | Receiving | null): Promise<Answer> {
  const response = blob instanceof Sending ? await send(call, blob) : await ask(call, body);
  const { statusCode: status = 0 } = response;
  if (!(blob instanceof Receiving) || (status !== 200 && status !== 206)) return read(response, false);
  await blob.fill(response);
  return { status, headers: toldHeaders(response), body: '' };
}

function answerOf(call: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    call.once('response', resolve);
    call.once('error', reject);
  });
}

async function ask(call: ClientRequest, body: string | null): Promise<IncomingMessage> {
  const answered = answerOf(call);
  call.end(body ?? undefined);
  return answered;
}

async function send(call: ClientRequest, sending: Sending): Promise<IncomingMessage> {
  const content = sending.take();
  call.setHeader('content-length', sending.size);
  const answered = answerOf(call);
  const sent = pipeline(Readable.from(content, { objectMode: false }), call);
  // Whoever refuses it need not read it: then the answer says more than the line that breaks.
  sent.catch(() => undefined);
  const response = await answered;
  const { statusCode = 0 } = response;
  if (statusCode < 200 || statusCode > 299) return response;
  await sent;
  sending.done = true;
  return response;
}
