/** Synapse's interface for whoever runs it: an account of Hearth's own adds people and sets their passwords. */
import type { Context, SecretHandle } from '@hearth/sdk';
import { port } from './configuration.ts';

type Box = Pick<Context<'data', 'main'>, 'fetch'> & {
  readonly secrets: { readonly registration: SecretHandle; readonly steward: SecretHandle };
};

/** Of our own account; nobody logs in with it. */
const steward = 'hearth-steward';

export class Synapse {
  private readonly context: Box;
  private readonly domain: string;
  private token = '';

  private constructor(context: Box, domain: string) {
    this.context = context;
    this.domain = domain;
  }

  static async open(context: Box, domain: string): Promise<Synapse> {
    const synapse = new Synapse(context, domain);
    const password = await context.secrets.steward.once();
    const told = await synapse.logIn(password);
    if (told === null) await synapse.registerSteward(password);
    synapse.token = told ?? (await synapse.logIn(password)) ?? '';
    return synapse;
  }

  /** Adds the person, or sets the password of one who is there; who was logged in is logged out. */
  async put(name: string, password: string): Promise<void> {
    const path = `/_synapse/admin/v2/users/${encodeURIComponent(this.address(name))}`;
    await this.call('PUT', path, { password, admin: false, deactivated: false, logout_devices: true });
  }

  async remove(name: string): Promise<void> {
    const path = `/_synapse/admin/v1/deactivate/${encodeURIComponent(this.address(name))}`;
    await this.call('POST', path, { erase: true });
  }

  async addresses(): Promise<string[]> {
    const { users } = (await this.call('GET', '/_synapse/admin/v2/users?limit=1000&guests=false')) as {
      users: { name: string }[];
    };
    return users.map(({ name }) => name).filter((name) => name !== this.address(steward));
  }

  address(name: string): string {
    return `@${name}:${this.domain}`;
  }

  /** A new token; null where name and password do not fit. */
  private async logIn(password: string): Promise<string | null> {
    const body = { type: 'm.login.password', identifier: { type: 'm.id.user', user: steward }, password };
    const { status, told } = await this.ask('POST', '/_matrix/client/v3/login', { ...body, device_id: 'HEARTH' });
    if (status === 403) return null;
    if (status !== 200) throw new Error(`Synapse does not let us in: ${told['error'] ?? status}`);
    return String(told['access_token']);
  }

  /** The answer to Synapse's question shows that we know its secret, without telling it. */
  private async registerSteward(password: string): Promise<void> {
    const path = '/_synapse/admin/v1/register';
    const { nonce } = (await this.call('GET', path)) as { nonce: string };
    const words = new TextEncoder().encode([nonce, steward, password, 'admin'].join('\0'));
    const secret = new TextEncoder().encode(await this.context.secrets.registration.once());
    const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-1' }, false, ['sign']);
    const mac = [...new Uint8Array(await crypto.subtle.sign('HMAC', key, words))];
    const hex = mac.map((byte) => byte.toString(16).padStart(2, '0')).join('');
    await this.call('POST', path, { nonce, username: steward, password, admin: true, mac: hex });
  }

  private async call(method: string, path: string, body?: object): Promise<unknown> {
    const { status, told } = await this.ask(method, path, body);
    if (status >= 400) throw new Error(`Synapse refuses: ${told['error'] ?? status}`);
    return told;
  }

  private async ask(method: string, path: string, body?: object) {
    const response = await this.context.fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.token === '' ? {} : { authorization: `Bearer ${this.token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, told: (await response.json()) as Record<string, string | number> };
  }
}
