/** Keys that are made, agreed on or used at once. PEM and base64 cross; nothing is held. */
import * as crypto from 'node:crypto';
import type { OpTable } from '../op.ts';
import { count, record, text } from './arguments.ts';
import { keyOf } from './crypto.ts';

const binary = (value: unknown): Buffer => Buffer.from(text(value), 'base64');
const pem = {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
} as const;
/** More would hold the script's thread for minutes. */
const mostBits = 8192;

const ways = {
  publicEncrypt: crypto.publicEncrypt,
  publicDecrypt: crypto.publicDecrypt,
  privateEncrypt: crypto.privateEncrypt,
  privateDecrypt: crypto.privateDecrypt,
} as const;

function paddingOf(given: unknown): object {
  const { padding, oaepHash } = record(given ?? {});
  return {
    ...(typeof padding === 'number' && { padding }),
    ...(typeof oaepHash === 'string' && { oaepHash }),
  };
}

export const keyOps: OpTable = {
  'crypto.curves': () => crypto.getCurves(),
  'crypto.constants': () => ({ ...crypto.constants }),
  'crypto.cipherInfo': (_context, [name]) =>
    crypto.getCipherInfo(typeof name === 'number' ? String(name) : text(name)) ?? null,
  'crypto.keyPairSync': (_context, [type, options]) => {
    const wanted = record(options ?? {});
    if (Number(wanted['modulusLength'] ?? 0) > mostBits)
      throw new RangeError('The value of "modulusLength" is out of range');
    return crypto.generateKeyPairSync(
      text(type) as 'rsa',
      { ...wanted, ...pem } as crypto.RSAKeyPairOptions<'pem', 'pem'>,
    );
  },
  'crypto.asymmetric': (_context, [way, key, options], bytes = new Uint8Array(0)) => {
    const name = text(way) as keyof typeof ways;
    if (!Object.hasOwn(ways, name)) throw new TypeError(`crypto.${name} is not provided`);
    return ways[name]({ key: keyOf(key) as string, ...paddingOf(options) }, bytes);
  },
  'crypto.privateKey': (_context, [key]) =>
    crypto.createPrivateKey(keyOf(key) as string).export({ type: 'pkcs8', format: 'pem' }),
  /** A PEM as another form; DER crosses as bytes. */
  'crypto.exportKey': (_context, [kind, key, options]) => {
    const { type, format, cipher, passphrase } = record(options ?? {});
    const made = kind === 'private' ? crypto.createPrivateKey(text(key)) : crypto.createPublicKey(text(key));
    return made.export({
      type: type ?? (kind === 'private' ? 'pkcs8' : 'spki'),
      format: format ?? 'pem',
      ...(typeof cipher === 'string' && { cipher, passphrase }),
    } as crypto.KeyExportOptions<'pem'>);
  },
  'crypto.keyDetails': (_context, [key]) => {
    const made = text(key).includes('PRIVATE') ? crypto.createPrivateKey(text(key)) : crypto.createPublicKey(text(key));
    const { modulusLength, publicExponent, namedCurve } = made.asymmetricKeyDetails ?? {};
    return {
      type: made.asymmetricKeyType,
      details: { modulusLength, namedCurve, publicExponent: publicExponent?.toString() },
    };
  },
  'crypto.importKey': (_context, [kind, given], bytes) => {
    const { format, type, jwk, passphrase } = record(given);
    const input = {
      key: format === 'jwk' ? jwk : Buffer.from(bytes ?? []),
      format,
      ...(typeof type === 'string' && { type }),
      ...(typeof passphrase === 'string' && { passphrase }),
    } as crypto.PrivateKeyInput;
    return kind === 'private'
      ? crypto.createPrivateKey(input).export({ type: 'pkcs8', format: 'pem' })
      : crypto.createPublicKey(input as unknown as crypto.PublicKeyInput).export({ type: 'spki', format: 'pem' });
  },
  'crypto.agree': (_context, [privateKey, publicKey]) =>
    crypto.diffieHellman({
      privateKey: crypto.createPrivateKey(text(privateKey)),
      publicKey: crypto.createPublicKey(text(publicKey)),
    }),
  /** The public half of a private number on a curve; a new number where there is none. */
  'crypto.ecdh': (_context, [curve, key]) => {
    const ecdh = crypto.createECDH(text(curve));
    if (key === null) ecdh.generateKeys();
    else ecdh.setPrivateKey(binary(key));
    return { privateKey: ecdh.getPrivateKey('base64'), publicKey: ecdh.getPublicKey('base64') };
  },
  'crypto.ecdhSecret': (_context, [curve, key, other]) => {
    const ecdh = crypto.createECDH(text(curve));
    ecdh.setPrivateKey(binary(key));
    return ecdh.computeSecret(binary(other));
  },
  'crypto.prime': (_context, [bits]) => {
    if (count(bits) > mostBits / 4) throw new RangeError('The value of "size" is out of range');
    return Buffer.from(crypto.generatePrimeSync(count(bits)));
  },
};
