/** Mosquitto on a real box: two devices talk through it, with the ordinary client. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { type Household, long, makeHousehold, until } from '../../../spec/system/catalog.ts';

let home: Household;
beforeAll(async () => {
  home = await makeHousehold();
  await home.install('mosquitto');
}, long);
afterAll(() => home.close(), 180_000);

async function device({ User = '', Password = '' }: Record<string, string>): Promise<MqttClient> {
  const { host, port } = await home.place('mosquitto', 'broker');
  const options: IClientOptions = {
    protocol: 'mqtts',
    host: '127.0.0.1',
    port,
    servername: host,
    ca: home.ca,
    username: User,
    password: Password,
    reconnectPeriod: 0,
  };
  return mqtt.connectAsync(`mqtts://127.0.0.1:${port}`, options, false);
}

test('what one device says another one hears, and a retained message outlives a restart', async () => {
  const sensor = await home.action('mosquitto', 'add-device', { name: 'kitchen-sensor' });
  await until('the sensor gets in', 60_000, async () => {
    await (await device(sensor)).endAsync();
    return true;
  });
  await home.healthy('mosquitto');
  const owner = await home.action('mosquitto', 'get-credentials');
  const hearing = await device(owner);
  const heard: string[] = [];
  hearing.on('message', (topic, payload) => heard.push(`${topic} ${payload.toString()}`));
  await hearing.subscribeAsync('kitchen/#', { qos: 1 });
  const speaking = await device(sensor);
  await speaking.publishAsync('kitchen/temperature', '21.5', { qos: 1, retain: true });
  await until('it is heard', 10_000, async () => heard.includes('kitchen/temperature 21.5'));
  await Promise.all([hearing.endAsync(), speaking.endAsync()]);

  await home.restart('mosquitto');
  const late = await device(owner);
  const kept = new Promise<string>((done) => late.once('message', (_, payload) => done(payload.toString())));
  await late.subscribeAsync('kitchen/temperature', { qos: 1 });
  expect(await kept).toBe('21.5');
  await late.endAsync();
}, 240_000);

test('nobody gets in without a password, and a removed device no more', async () => {
  await expect(device({})).rejects.toThrow(/not authori[sz]ed/i);
  await home.action('mosquitto', 'remove-device', { name: 'kitchen-sensor' });
  await home.healthy('mosquitto');
  await expect(device({ User: 'kitchen-sensor', Password: 'x' })).rejects.toThrow();
}, 120_000);

test('it comes back from a backup', async () => {
  await home.comeBack('mosquitto');
  const owner = await device(await home.action('mosquitto', 'get-credentials'));
  const kept = new Promise<string>((done) => owner.once('message', (_, payload) => done(payload.toString())));
  await owner.subscribeAsync('kitchen/temperature', { qos: 1 });
  expect(await kept).toBe('21.5');
  await owner.endAsync();
}, 240_000);
