import { expect, test } from '@jest/globals';
import { torrc } from './torrc.ts';

const base = { home: '/var/lib/tor', socksPort: 9050, controlPort: 9051, places: [], extra: '' };

test('addresses come last, each with where its service is now, and none for one that is not there', () => {
  const at = { hostname: '10.0.3.4', port: 8080, encrypted: false };
  const text = torrc({
    ...base,
    places: [
      { hostname: 'a.onion', port: 80, at },
      { hostname: 'b.onion', port: 443, at: null },
    ],
    extra: '\nUseBridges 1\n',
  });
  expect(text.split('\n').slice(-4)).toEqual([
    'UseBridges 1',
    'HiddenServiceDir /var/lib/tor/onions/a.onion',
    'HiddenServicePort 80 10.0.3.4:8080',
    '',
  ]);
  expect(text).not.toContain('b.onion');
});

test('nobody outside the service reaches the control port', () => {
  expect(torrc(base)).toContain('ControlPort 127.0.0.1:9051\nCookieAuthentication 1\n');
});
