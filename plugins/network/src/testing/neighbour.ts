/**
 * A machine on the local network, for tests: run by `ip netns exec`. The first argument says what it does, the second
 * is a JSON value; every answer is one line of JSON on standard output.
 */
import dgram from 'node:dgram';
import dnsPacket from 'dns-packet';
import { silentLog } from '../../../../spec/testbed/plugin.ts';
import { machineAddresses } from '../machine.ts';
import { createAnnouncer } from '../mdns/announcer.ts';
import { startResponder } from '../mdns/responder.ts';

const [what, value = 'null'] = process.argv.slice(2);
const told: any = JSON.parse(value);
const say = (answer: unknown): void => console.log(JSON.stringify(answer));
const signal = AbortSignal.timeout(20_000);

const roles: Record<string, () => Promise<void>> = {
  /** Announces names until standard input ends. */
  async announce() {
    const announcer = createAnnouncer(silentLog);
    await announcer.apply(told, machineAddresses('none'));
    say('ready');
    process.stdin.resume();
    await new Promise((resolve) => process.stdin.once('end', resolve));
    await announcer.apply([], machineAddresses('none'));
    await announcer.stop();
  },

  /** Says which name is free. */
  async probe() {
    const announcer = createAnnouncer(silentLog);
    await announcer.apply([], machineAddresses('none'));
    say(await announcer.firstFree(told, signal));
    await announcer.stop();
  },

  /** Asks as a plain resolver does, from a port of its own; says the answers, or null after a second of silence. */
  async ask() {
    const socket = dgram.createSocket('udp4');
    const answered = new Promise<unknown>((resolve) => {
      socket.once('message', (message) => {
        const { id, answers = [], questions = [] } = dnsPacket.decode(message);
        resolve({ id, answers, questions });
      });
      setTimeout(() => resolve(null), 1000);
    });
    socket.send(dnsPacket.encode({ type: 'query', id: 77, questions: [told] }), 5353, '224.0.0.251');
    say(await answered);
    socket.close();
  },

  /** Hears what is said to all for a while. */
  async listen() {
    const [own] = machineAddresses('none');
    if (own === undefined) throw new Error('no address');
    const { default: makeMdns } = await import('multicast-dns');
    const mdns = makeMdns({ interface: own.address, bind: '0.0.0.0' });
    mdns.on('response', (response) => say(response.answers));
    await new Promise((resolve) => mdns.once('ready', () => resolve(null)));
    say('ready');
    mdns.query(told);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    mdns.destroy();
  },

  /** The same as `announce`, with one responder on an interface that is not the neighbour's. */
  async elsewhere() {
    const responder = startResponder(told, new Set(), silentLog);
    responder.setNames(new Set(['family.local']));
    say('ready');
    process.stdin.resume();
    await new Promise((resolve) => process.stdin.once('end', resolve));
    await responder.stop();
  },
};

await roles[what ?? '']?.();
