import { expect, test } from '@jest/globals';
import { placeWords } from './backup-places.ts';

const kind = { id: 'dav.folder', name: 'A WebDAV server', about: '', form: {}, unavailable: null };

test('a place says where it is, and why it cannot be used', () => {
  const [usb, nas] = [
    { id: 'usb', name: 'USB', kind: 'folder', path: '/media/usb' },
    { id: 'nas', name: 'NAS', kind: kind.id, settings: { quick: true, user: '', address: 'https://nas' } },
  ];
  expect(placeWords(usb)).toEqual({ where: '/media/usb', unavailable: null });
  expect(placeWords(nas, { [kind.id]: kind })).toEqual({ where: 'A WebDAV server: https://nas', unavailable: null });
  expect(placeWords(nas, { [kind.id]: { ...kind, unavailable: 'it is off' } }).unavailable).toBe('it is off');
  expect(placeWords({ ...nas, settings: {} })).toEqual({ where: 'dav.folder', unavailable: 'no plugin brings it' });
});
