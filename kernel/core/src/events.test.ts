import { describe, expect, test } from '@jest/globals';
import { createEvents } from './events.ts';
import { createLog } from './log.ts';

describe('events', () => {
  test('one listener that throws, or rejects, stops nobody else and is logged with its owner', async () => {
    const lines: string[] = [];
    const bus = createEvents(createLog('error', (line) => lines.push(line)));
    const heard: string[] = [];
    bus.for('bad').on('service.removed', () => {
      throw new Error('x');
    });
    bus.for('worse').on('service.removed', () => Promise.reject(new Error('y')));
    bus.for('good').on('service.removed', ({ service }) => void heard.push(service));
    bus.emit('service.removed', { service: 'a' });
    await Promise.resolve();
    expect(heard).toEqual(['a']);
    await new Promise(setImmediate);
    expect(lines.map((line) => (JSON.parse(line) as { owner: string }).owner)).toEqual(['bad', 'worse']);
  });

  test('lets go of one listener, and of all of an owner', () => {
    const bus = createEvents(createLog('silent'));
    const heard: string[] = [];
    const mine = bus.for('me');
    const off = mine.on('service.removed', () => void heard.push('first'));
    mine.on('service.removed', () => void heard.push('second'));
    off();
    bus.emit('service.removed', { service: 'a' });
    mine.close();
    bus.emit('service.removed', { service: 'a' });
    expect(heard).toEqual(['second']);
    expect(bus.size).toBe(0);
  });
});
