import { describe, expect, test } from '@jest/globals';
import { emptyRuleset, ruleset } from './ruleset.ts';

const config = { bridge: 'hearth0', subnet: '10.0.3' };

describe('ruleset', () => {
  test('names every permission and nothing else', () => {
    const text = ruleset(config, {
      rules: [
        { service: 'a', index: 2, mayReach: [{ index: 3, protocol: 'tcp', port: 80 }], hostPorts: [], internet: true },
        { service: 'b', index: 3, mayReach: [], hostPorts: [{ protocol: 'tcp', port: 443 }], internet: false },
      ],
      forwards: [
        { protocol: 'udp', hostPort: 22_000, index: 3, servicePort: 22 },
        { protocol: 'tcp', hostPort: 30_000, index: 2, servicePort: 40_000, count: 2 },
        { protocol: 'tcp', hostPort: 9050, index: 3, servicePort: 9050, within: true },
      ],
    });
    expect(text.match(/elements = \{ 10\.0\.3\.2 \. 10\.0\.3\.3 \. tcp \. 80 \}/g)).toHaveLength(2);
    expect(text).toContain('elements = { 10.0.3.3 . tcp . 443 }');
    expect(text).toContain('elements = { 10.0.3.2 }');
    expect(text).toContain(
      'elements = { udp . 22000 : 10.0.3.3 . 22, tcp . 30000 : 10.0.3.2 . 40000, tcp . 30001 : 10.0.3.2 . 40001 }',
    );
    expect(text).toMatch(/map within \{[^}]*elements = \{ tcp \. 9050 : 10\.0\.3\.3 \. 9050 \}/);
    expect(text).toContain('"hearth0254" . 02:00:0a:00:03:fe . 10.0.3.254');
  });

  test('replaces in one transaction: the old tables go in the same text', () => {
    const text = ruleset(config, { rules: [], forwards: [] });
    expect(text.startsWith(emptyRuleset(config).trimEnd())).toBe(true);
    expect(text).not.toContain('elements = {  }');
  });
});
