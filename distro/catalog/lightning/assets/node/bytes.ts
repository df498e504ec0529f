/** Bytes and their hexadecimal form. */
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
export const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
/** Hashes are shown backwards by everybody who shows them. */
export const backwards = (text: string): Uint8Array => bytes(text).reverse();
export const shownHash = (hash: Uint8Array): string => hex(Uint8Array.from(hash).reverse());
