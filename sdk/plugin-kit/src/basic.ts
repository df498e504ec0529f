const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The value of `authorization` for a user name and a password; a plugin has neither Buffer nor btoa to make it with. */
export function basicAuthorization(user: string, password: string): string {
  const plain = encodeURIComponent(`${user}:${password}`).replaceAll(/%(..)/g, (_, hex: string) =>
    String.fromCodePoint(Number.parseInt(hex, 16)),
  );
  const bits = Array.from(plain, (letter) => (letter.codePointAt(0) ?? 0).toString(2).padStart(8, '0')).join('');
  const made = (bits.match(/.{1,6}/g) ?? []).map((six) => letters.charAt(Number.parseInt(six.padEnd(6, '0'), 2)));
  return `Basic ${made.join('').padEnd(Math.ceil(made.length / 4) * 4, '=')}`;
}
