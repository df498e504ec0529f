/** Passwords and tokens of the service: made once, kept apart from its data, shown masked. */
import { fileSource } from '../files/source.ts';
import type { Host } from '../node/host.ts';
import { answer, shown } from './answer.ts';
import type { Effects } from './effects.ts';
import { password } from './password.ts';
import { type Follower, type Reactive, reactive } from './reactive.ts';

/** The volume secrets are kept in. It is mounted nowhere: programs get what is handed to them. */
export const secretVolume = 'secrets';

/** A password or token the kit makes and keeps. */
export interface Secret {
  /** What the owner reads: `Password of the web page`. */
  readonly name: string;
  /** The user it belongs to, shown beside it. */
  readonly user?: string;
  /** Characters; 24 unless told, which hold 139 bits. */
  readonly length?: number;
  /** What it opens. With this there is an action `show-<id>` for the owner. */
  readonly show?: string;
}

/** A secret of the service: `context.secrets.<id>`. */
export interface SecretHandle extends Reactive<string> {
  /** Puts another one in its place: the one given, or a new one. @returns it */
  replace(value?: string): Promise<string>;
}

const pathOf = (id: string) => `/media/startos/volumes/${secretVolume}/${id}`;

/** What is not there is made; what is there is never touched. */
export async function makeSecrets(host: Host, secrets: Readonly<Record<string, Secret>>): Promise<void> {
  for (const [id, { length }] of Object.entries(secrets)) {
    if (!(await host.files.exists(pathOf(id)))) await host.files.write(pathOf(id), password(host, length), 0o600);
  }
}

export function secretHandle(effects: Effects, host: Host, id: string, { length }: Secret): SecretHandle {
  const source = fileSource(host, pathOf(id));
  const value = async (follower: Follower | null): Promise<string> => {
    const found = await source(follower);
    if (found === null) throw new Error(`Secret ${id} was not made yet: it is when the container starts`);
    return found;
  };
  return {
    ...reactive(effects, value, host.log),
    async replace(given) {
      const made = given ?? password(host, length);
      await host.files.write(pathOf(id), made, 0o600);
      return made;
    },
  };
}

/** The actions that show them, by id. */
export function secretActions(secrets: Readonly<Record<string, Secret>>) {
  const shownOnes = Object.entries(secrets).flatMap(([id, { name, user, show }]) =>
    show === undefined ? [] : [{ id, name, user, show }],
  );
  return Object.fromEntries(
    shownOnes.map(({ id, name, user, show }) => [
      `show-${id}`,
      {
        name: `Show: ${name}`,
        description: show,
        async run(context: { readonly secrets: Readonly<Record<string, SecretHandle>> }) {
          const value = await context.secrets[id]?.once();
          const values = { [name]: shown(value ?? '', { masked: true }) };
          return answer(name, show, user === undefined ? values : { User: shown(user), ...values });
        },
      },
    ]),
  );
}
