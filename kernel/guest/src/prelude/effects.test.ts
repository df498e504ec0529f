/** What the guest itself holds to, whatever the host would answer. */
import { afterAll, expect, test } from '@jest/globals';
import { dropBuiltGuest, startGuest } from '../testing/guest-under-test.ts';

afterAll(() => dropBuiltGuest());

test('nothing is told of the health of what is over, also not when it was asked before', async () => {
  await using guest = await startGuest(`
    exports.init = async () => {};
    exports.uninit = async () => {};
    exports.main = async ({ effects }) => {
      const health = (on, id) => on.setHealth({ id, name: id, result: 'success', message: null })
        .then(() => console.log(id + ' told'), (error) => console.log(id + ' refused ' + error.message));
      const former = effects.child('set');
      effects.child('set');
      await health(former, 'replaced');
      const asked = health(effects, 'slow');
      return { build: async () => ({ term: async () => { await asked; await health(effects, 'late'); await health(former, 'later'); } }) };
    };
  `);
  const slow = Promise.withResolvers<null>();
  guest.host.answers['set-health'] = ({ id }) => (id === 'slow' ? slow.promise : null);
  await guest.host.request('init', { id: 'event-init-01', kind: null });
  await guest.host.request('start', {});
  const stopped = guest.host.request('stop', {});
  await guest.host.until(() => guest.host.called('set-health').length === 2, 'both were asked');
  // After the stop has begun: the guest answers in order.
  setTimeout(() => slow.resolve(null), 200);
  await stopped;
  expect(guest.host.called('set-health').map(({ id }) => id)).toEqual(['replaced', 'slow']);
  const said = guest.log('guest');
  for (const words of ['replaced told', 'slow refused', 'late refused', 'later refused']) expect(said).toContain(words);
}, 60_000);
