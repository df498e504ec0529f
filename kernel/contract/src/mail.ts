/** The owner's mail server: what packages send mail by. Slice `smtp` shows it without the password. */
import { z } from 'zod';

/** No end of line: what goes into the head of a message must not begin another line there. */
const line = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[^\p{Cc}]*$/u, 'one line');

const hostName = /^(?!-)[A-Za-z0-9-]{1,63}(\.(?!-)[A-Za-z0-9-]{1,63})*$|^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/;

const sender = /^[^<>@\s\p{Cc}]+@[^<>@\s\p{Cc}]+$|^[^<>\p{Cc}]*<[^<>@\s\p{Cc}]+@[^<>@\s\p{Cc}]+>$/u;

/** StartOS's names and shape: `get-system-smtp` answers this. */
export const smtpValue = z.object({
  host: z.string().max(253).regex(hostName, 'a host name or an address'),
  port: z.number().int().min(1).max(65_535),
  /** `hearth@example.com` or `Family Server <hearth@example.com>`. */
  from: z.string().max(320).regex(sender, 'an e-mail address'),
  /** Empty where the server asks for none. */
  username: line(256),
  password: line(1024).nullable(),
  /** `tls` from the first byte on, `starttls` after a greeting in the clear; without either nothing is sent. */
  security: z.enum(['starttls', 'tls']),
});
export type SmtpValue = z.infer<typeof smtpValue>;

/** Null: none is set. */
export const smtpSlice = z.object({
  server: smtpValue.omit({ password: true }).extend({ hasPassword: z.boolean() }).nullable(),
});
export type SmtpState = z.infer<typeof smtpSlice>;
