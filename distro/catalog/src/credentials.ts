/** User and password that a service made for its owner: kept beside its data, for root alone, and shown by an action. */
import { answer, type Context, shown } from '@hearth/sdk';

type Box = Pick<Context<'data', string>, 'volumes'>;

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

const file = 'credentials.json';

/** The program itself keeps only a hash of it, or a copy where its own user can read it. */
export async function keepCredentials({ volumes }: Box, credentials: Credentials): Promise<void> {
  await volumes.data.writeJson(file, credentials, 0o600);
}

export async function credentialsOf({ volumes }: Box): Promise<Credentials> {
  const kept = (await volumes.data.readJson(file)) as Credentials | null;
  if (kept === null) throw new Error('The password is not known any more; make a new one');
  return kept;
}

export const showCredentials = (title: string, message: string | null, { user, password }: Credentials) =>
  answer(title, message, { User: shown(user), Password: shown(password, { masked: true }) });
