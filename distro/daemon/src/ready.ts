/** Waits until the web interface answers through the proxy, as a browser would reach it. */
import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** The certificate is not checked: it is our own, on this machine, and only reachability is asked for. */
export function get(port: number, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1',
        port,
        path,
        servername: 'localhost',
        headers: { host: `localhost:${port}` },
        rejectUnauthorized: false,
        timeout: 2000,
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          if (body.length < 65536) body += text;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      },
    );
    call.on('timeout', () => call.destroy(new Error('No answer within two seconds')));
    call.on('error', reject);
    call.end();
  });
}

export async function waitForPage(port: number, limitMs: number, failed: () => string | null): Promise<void> {
  const began = Date.now();
  for (;;) {
    const answer = await get(port, '/').catch(() => null);
    if (answer?.status === 200) return;
    const reason = failed();
    if (reason !== null) throw new Error(reason);
    if (Date.now() - began > limitMs) throw new Error(`no page after ${limitMs / 1000} seconds`);
    await sleep(25);
  }
}
