/** A person's side of Hearth: HTTPS to the loopback port, with cookie and token as a browser page would send them. */
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One exchange with the name `host` on the machine behind `port`. The certificate is the machine's own. */
export function fetchFrom(
  port: number,
  host: string,
  path: string,
  options: {
    readonly method?: string;
    readonly body?: string | Buffer;
    readonly headers?: Record<string, string>;
    readonly limitMs?: number;
  } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        ...{ host: '127.0.0.1', port, path, servername: host, rejectUnauthorized: false, agent: false },
        method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
        headers: { host, ...options.headers },
        timeout: options.limitMs ?? 60_000,
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
        response.on('error', reject);
      },
    );
    call.on('timeout', () => call.destroy(new Error(`No answer from ${host}${path}`)));
    call.on('error', reject);
    call.end(options.body);
  });
}

export class Client {
  readonly #port: number;
  /** Outlives the machine's reboots. */
  session = { cookie: '', token: '' };

  constructor(port: number) {
    this.#port = port;
  }

  async call<T = any>(method: string, params: object = {}): Promise<T> {
    const { status, headers, body } = await fetchFrom(this.#port, 'localhost', '/rpc/v1', {
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      headers: { 'content-type': 'application/json', ...this.#proof() },
    });
    const answer = JSON.parse(body) as { result?: T & { token?: string }; error?: { message: string; data?: object } };
    if (answer.error !== undefined || answer.result === undefined)
      throw new Error(`${method}: HTTP ${status}, ${JSON.stringify(answer.error)}`);
    const [cookie] = headers['set-cookie'] ?? [];
    if (cookie !== undefined && answer.result.token !== undefined)
      this.session = { cookie: cookie.split(';')[0] ?? '', token: answer.result.token };
    return answer.result;
  }

  /** Answers what a call names the file by. */
  async upload(file: string): Promise<string> {
    const { body } = await fetchFrom(this.#port, 'localhost', '/upload', {
      body: await readFile(file),
      headers: { 'content-type': 'application/octet-stream', ...this.#proof() },
      limitMs: 240_000,
    });
    return (JSON.parse(body) as { upload: string }).upload;
  }

  #proof(): Record<string, string> {
    const { cookie, token } = this.session;
    return { origin: 'https://localhost', ...(cookie === '' ? {} : { cookie, 'x-hearth-token': token }) };
  }

  /** Until the page is there. Answers milliseconds. */
  async waitForPage(limitMs: number): Promise<number> {
    const began = Date.now();
    let last = 'nothing listens';
    while (Date.now() - began < limitMs) {
      try {
        const { status, body } = await fetchFrom(this.#port, 'localhost', '/', { limitMs: 10_000 });
        if (status === 200 && body.includes('<html')) return Date.now() - began;
        last = `HTTP ${status}`;
      } catch (error) {
        last = error instanceof Error ? error.message : String(error);
      }
      await sleep(500);
    }
    throw new Error(`No page within ${limitMs / 1000} s: ${last}`);
  }

  /** Asks again and again until `look` is content with the answer. */
  async until<T>(what: string, limitMs: number, ask: () => Promise<T>, look: (answer: T) => boolean): Promise<T> {
    const began = Date.now();
    let last = '';
    while (Date.now() - began < limitMs) {
      try {
        const answer = await ask();
        if (look(answer)) return answer;
        last = JSON.stringify(answer).slice(0, 1500);
      } catch (error) {
        last = error instanceof Error ? error.message : String(error);
      }
      await sleep(1000);
    }
    throw new Error(`Not within ${limitMs / 1000} s: ${what}; last: ${last}`);
  }
}
