import { describe, expect, test } from '@jest/globals';
import { mustBeOwnPage, mustNotBeEmbedded, type Names, trustedHost } from './trust.ts';

const names: Names = {
  names: new Set(['localhost', 'hearth.local', 'hearth']),
  addresses: new Set(['127.0.0.1', '192.168.1.5', '[::1]', '[fd00::5]']),
  further: new Set(['home.example.org', 'far.example.org:9443']),
  port: 8443,
};
const host = (value: string | undefined, scheme: 'http' | 'https' = 'https') =>
  trustedHost({ host: value, scheme }, names);

describe('trustedHost()', () => {
  test.each([
    ['localhost:8443', 'localhost:8443'],
    ['HEARTH.local:8443', 'hearth.local:8443'],
    ['192.168.1.5:8443', '192.168.1.5:8443'],
    ['[::1]:8443', '[::1]:8443'],
    ['[0:0:0:0:0:0:0:1]:8443', '[0:0:0:0:0:0:0:1]:8443'],
    ['home.example.org', 'home.example.org'],
    ['home.example.org:443', 'home.example.org'],
    ['far.example.org:9443', 'far.example.org:9443'],
  ])('answers to %s', (value, written) => {
    expect(host(value)).toBe(written);
  });

  test.each([
    undefined,
    '',
    'localhost',
    'localhost:443',
    'localhost:8444',
    'evil.example',
    'evil.example:8443',
    'hearth.local.:8443',
    'hearth.local.evil.example:8443',
    'xhearth.local:8443',
    '0.0.0.0:8443',
    '127.1:8443',
    '127.0.0.2:8443',
    '0x7f.1:8443',
    '2130706433:8443',
    '[::ffff:127.0.0.1]:8443',
    '[::]:8443',
    '[fe80::1%25eth0]:8443',
    'localhost:8443@evil.example',
    'evil.example#localhost:8443',
    'localhost:8443, evil.example',
    'localhost :8443',
    'localhost:08443x',
    'far.example.org:8443',
    'home.example.org:9443',
    '[::1',
    '../localhost:8443',
  ])('refuses %s', (value) => {
    expect(() => host(value)).toThrow(expect.objectContaining({ code: 'rpc.wrongHost' }));
  });
});

describe('mustBeOwnPage()', () => {
  const check = (origin: string | undefined, fetchSite?: string) =>
    mustBeOwnPage({ host: 'hearth.local:8443', scheme: 'https', origin, fetchSite }, 'hearth.local:8443');

  test('lets its own page and programs pass', () => {
    check('https://hearth.local:8443', 'same-origin');
    check('https://hearth.local:8443');
    check(undefined);
  });

  test.each<[string | undefined, string | undefined]>([
    ['https://hearth.local', undefined],
    ['https://hearth.local:8444', 'same-site'],
    ['https://syncthing.hearth.local:8443', 'same-site'],
    ['http://hearth.local:8443', undefined],
    ['https://evil.example', 'cross-site'],
    ['https://hearth.local:8443.evil.example', undefined],
    ['https://hearth.local:8443/', undefined],
    ['null', undefined],
    ['', undefined],
    ['file://', undefined],
    ['https://hearth.local:8443', 'cross-site'],
    ['https://hearth.local:8443', 'same-site'],
    [undefined, 'cross-site'],
    [undefined, 'none'],
  ])('refuses origin %s with site %s', (origin, site) => {
    expect(() => check(origin, site)).toThrow(expect.objectContaining({ code: 'rpc.wrongOrigin' }));
  });
});

describe('mustNotBeEmbedded()', () => {
  const check = (fetchSite: string | undefined, mode: string | undefined, origin?: string) =>
    mustNotBeEmbedded({ host: 'h:1', scheme: 'https', origin, fetchSite, mode }, 'h:1');

  test('lets links, typed addresses, own resources and programs pass', () => {
    check('cross-site', 'navigate');
    check('none', 'navigate');
    check('same-origin', 'no-cors');
    check(undefined, undefined);
    check('same-origin', 'cors', 'https://h:1');
  });

  test.each([
    ['cross-site', 'no-cors', undefined],
    ['same-site', 'cors', 'https://other.h:1'],
    [undefined, undefined, 'https://evil.example'],
  ])('refuses %s %s %s', (site, mode, origin) => {
    expect(() => check(site, mode, origin)).toThrow(expect.objectContaining({ code: 'rpc.wrongOrigin' }));
  });
});
