/** Log-ins to boxes elsewhere: one file, for its owner's eyes only. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Login {
  readonly token: string;
  /** The token's id on the box, to end it. */
  readonly tokenId: string;
  /** PEM of the box's own authority; absent where the system trusts it anyway. */
  readonly authority?: string;
}

interface LoginFile {
  servers: Record<string, Login>;
  /** The one meant when none is named. */
  latest: string | null;
}

export class Logins {
  readonly #path: string;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, 'logins.json');
  }

  async find(url: string): Promise<Login | null> {
    const { servers } = await this.#read();
    return Object.hasOwn(servers, url) ? (servers[url] ?? null) : null;
  }

  async latest(): Promise<string | null> {
    return (await this.#read()).latest;
  }

  async save(url: string, login: Login): Promise<void> {
    const file = await this.#read();
    file.servers[url] = login;
    await this.#write({ ...file, latest: url });
  }

  async remove(url: string): Promise<void> {
    const { servers, latest } = await this.#read();
    const rest = Object.fromEntries(Object.entries(servers).filter(([known]) => known !== url));
    await this.#write({ servers: rest, latest: latest === url ? null : latest });
  }

  async #read(): Promise<LoginFile> {
    try {
      const file = JSON.parse(await readFile(this.#path, 'utf8')) as Partial<LoginFile>;
      return { servers: file.servers ?? {}, latest: file.latest ?? null };
    } catch {
      return { servers: {}, latest: null };
    }
  }

  async #write(file: LoginFile): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const fresh = `${this.#path}.new`;
    await writeFile(fresh, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
    await rename(fresh, this.#path);
  }
}

/** `hearth.local` and `https://hearth.local:8443/x` as one spelling per box. */
export function serverUrl(text: string): string {
  const url = new URL(/^https?:\/\//.test(text) ? text : `https://${text}`);
  return url.origin;
}
