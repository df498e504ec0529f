/** The owner's mail server: kept with its password in a slice of its own, shown without it in another. */
import type { Slice, SliceDefinition, SmtpState, SmtpValue } from '@hearth/contract';
import { smtpSlice, smtpValue } from '@hearth/contract';
import { z } from 'zod';

export interface KeptMail {
  server: SmtpValue | null;
}

export const mailSlices = {
  kept: {
    name: 'smtpSettings',
    schema: z.object({ server: smtpValue.nullable() }),
    initial: { server: null },
    private: true,
  } satisfies SliceDefinition<KeptMail>,
  /** Made anew from what is kept at every start: one truth. */
  shown: {
    name: 'smtp',
    schema: smtpSlice,
    initial: { server: null },
    volatile: true,
  } satisfies SliceDefinition<SmtpState>,
};

/** A password that is not told is the one there is, as long as it goes to the same server for the same user. */
export type GivenMail = Omit<SmtpValue, 'password'> & { readonly password?: string | null | undefined };

export class Mail {
  readonly #kept: Slice<KeptMail>;
  readonly #shown: Slice<SmtpState>;
  readonly #changed: () => void;

  /** @param changed after a change is durable */
  constructor(kept: Slice<KeptMail>, shown: Slice<SmtpState>, changed: () => void) {
    this.#kept = kept;
    this.#shown = shown;
    this.#changed = changed;
  }

  read(): SmtpValue | null {
    return this.#kept.read().server;
  }

  async set({ password, ...rest }: GivenMail): Promise<number> {
    return this.#write('server.set-smtp', (known) => {
      const same = known !== null && (['host', 'port', 'username'] as const).every((key) => known[key] === rest[key]);
      return { ...rest, password: password === undefined ? (same ? known.password : null) : password };
    });
  }

  async clear(): Promise<number> {
    return this.#write('server.clear-smtp', () => null);
  }

  /** Once the state has been read. */
  async show(): Promise<number> {
    return this.#shown.commit('server.smtp', (draft) => {
      const server = this.read();
      if (server === null) {
        draft.server = null;
        return;
      }
      const { password, ...rest } = server;
      draft.server = { ...rest, hasPassword: password !== null };
    });
  }

  async #write(reason: string, next: (known: SmtpValue | null) => SmtpValue | null): Promise<number> {
    await this.#kept.commit(reason, (draft) => {
      draft.server = next(draft.server);
    });
    const rev = await this.show();
    this.#changed();
    return rev;
  }
}
