/** Sends one message by the owner's mail server, encrypted or not at all. */
import type { HearthError, SmtpValue } from '@hearth/contract';
import { mailErrors } from './errors.ts';

export interface Message {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface SendOptions {
  readonly signal: AbortSignal;
  /** Certificates to trust besides those of the machine, PEM. */
  readonly ca?: readonly string[];
}

const limits = { connectionTimeout: 15_000, dnsTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };

/** Rejects at once when `signal` does; the message may have gone out then. @throws mail.unreachable, mail.untrusted, mail.loginRefused, mail.refused */
export async function send(server: SmtpValue, message: Message, { signal, ca }: SendOptions): Promise<void> {
  // Seldom needed, and large: read when it is.
  const { createTransport } = await import('nodemailer');
  const { host, port, security, username, password, from } = server;
  const transport = createTransport({
    ...{ host, port, ...limits, disableFileAccess: true, disableUrlAccess: true },
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ...(username === '' ? {} : { auth: { user: username, pass: password ?? '' } }),
    ...(ca === undefined ? {} : { tls: { ca: [...ca] } }),
  });
  // A conversation that has begun cannot be cut; it ends by the limits above, and nobody waits for it.
  const { promise: gone, reject } = Promise.withResolvers<never>();
  const leave = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', leave, { once: true });
  try {
    signal.throwIfAborted();
    await Promise.race([transport.sendMail({ from, ...message }), gone]);
  } catch (cause) {
    signal.throwIfAborted();
    throw refusal(host, cause as SmtpFailure);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

/** As nodemailer tells it. */
interface SmtpFailure extends Error {
  readonly code?: string;
  /** What the server said. */
  readonly response?: string;
}

const unreachable: ReadonlySet<string> = new Set(['ECONNECTION', 'ETIMEDOUT', 'EDNS', 'ESOCKET', 'ECONNREFUSED']);

function refusal(host: string, cause: SmtpFailure): HearthError {
  const { code = '', response, message } = cause;
  const words = (response ?? message).replaceAll(/\p{Cc}+/gu, ' ').slice(0, 300);
  const data = { host, words };
  if (code === 'EAUTH' || code === 'ENOAUTH') return mailErrors.loginRefused(data, cause);
  if (code === 'ETLS' || /certificate|SSL|TLS/i.test(message)) return mailErrors.untrusted(data, cause);
  return unreachable.has(code) ? mailErrors.unreachable(data, cause) : mailErrors.refused(data, cause);
}
