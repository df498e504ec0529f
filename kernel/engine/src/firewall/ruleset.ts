/**
 * The firewall of the bridge as the text nft reads: pure.
 *
 * Services meet only on layer 3, where the host forwards what `reach` names and refuses the rest. On layer 2 a port
 * passes its own MAC and address only and frames never cross from port to port, but for one case: where the machine
 * hands bridged frames to the IP firewall (`bridge-nf-call-iptables`), a redirected packet crosses as a frame, so what
 * `reach` names may do so.
 */
import type { EngineConfig, bridgeRule, portForward } from '@hearth/contract';
import type { z } from 'zod';
import { bridgeAddress, macAddress, serviceAddress, tableName, vethName } from '../layout.ts';

export interface FirewallPlan {
  readonly rules: readonly z.infer<typeof bridgeRule>[];
  readonly forwards: readonly z.infer<typeof portForward>[];
}

type Config = Pick<EngineConfig, 'bridge' | 'subnet'>;

const indexes = Array.from({ length: 253 }, (_, place) => place + 2);

/** The whole ruleset; loading it replaces the former one in a single transaction. */
export function ruleset(config: Config, plan: FirewallPlan): string {
  const table = tableName(config);
  return [
    `table inet ${table} {}`,
    `delete table inet ${table}`,
    `table bridge ${table} {}`,
    `delete table bridge ${table}`,
    inetTable(config, plan),
    bridgeTable(config, plan),
  ].join('\n');
}

/** Removes both tables. */
export function emptyRuleset(config: Config): string {
  const table = tableName(config);
  return `table inet ${table} {}\ndelete table inet ${table}\ntable bridge ${table} {}\ndelete table bridge ${table}\n`;
}

function inetTable(config: Config, plan: FirewallPlan): string {
  const bridge = `"${config.bridge}"`;
  const host = bridgeAddress(config);
  return `table inet ${tableName(config)} {
  map forwards {
    type inet_proto . inet_service : ipv4_addr . inet_service
    ${elements(
      forwardElements(
        config,
        plan.forwards.filter(({ within }) => within !== true),
      ),
    )}
  }
  map within {
    type inet_proto . inet_service : ipv4_addr . inet_service
    ${elements(
      forwardElements(
        config,
        plan.forwards.filter(({ within }) => within === true),
      ),
    )}
  }
  set reach {
    type ipv4_addr . ipv4_addr . inet_proto . inet_service
    ${elements(reachElements(config, plan))}
  }
  set host_ports {
    type ipv4_addr . inet_proto . inet_service
    ${elements(hostPortElements(config, plan))}
  }
  set internet {
    type ipv4_addr
    ${elements(plan.rules.filter((rule) => rule.internet).map((rule) => serviceAddress(config, rule.index)))}
  }
  chain early {
    type filter hook prerouting priority raw; policy accept;
    iifname ${bridge} ip daddr 127.0.0.0/8 drop
    iifname ${bridge} meta nfproto ipv6 drop
  }
  chain redirected {
    type nat hook prerouting priority dstnat; policy accept;
    iifname ${bridge} ip daddr ${host} dnat ip to meta l4proto . th dport map @within
    fib daddr type local dnat ip to meta l4proto . th dport map @forwards
  }
  chain redirected_here {
    type nat hook output priority -100; policy accept;
    fib daddr type local dnat ip to meta l4proto . th dport map @forwards
  }
  chain leaving {
    type nat hook postrouting priority srcnat; policy accept;
    oifname ${bridge} ip saddr 127.0.0.0/8 masquerade
    ip saddr ${config.subnet}.0/24 oifname != ${bridge} masquerade
  }
  chain arriving {
    type filter hook input priority filter; policy accept;
    iifname ${bridge} goto to_host
  }
  chain to_host {
    ct state established,related accept
    ip daddr ${host} meta l4proto { tcp, udp } th dport 53 accept
    ip daddr ${host} icmp type echo-request accept
    ip daddr ${host} ip saddr . meta l4proto . th dport @host_ports accept
    goto refused
  }
  chain passing {
    type filter hook forward priority filter; policy accept;
    iifname ${bridge} oifname ${bridge} goto between
    iifname ${bridge} goto outward
    oifname ${bridge} goto inward
  }
  chain between {
    ct state established,related accept
    ip saddr . ip daddr . meta l4proto . th dport @reach accept
    goto refused
  }
  chain outward {
    ct state established,related accept
    ip saddr @internet accept
    goto refused
  }
  chain inward {
    ct state established,related accept
    ct status dnat accept
    drop
  }
  chain refused {
    meta l4proto tcp reject with tcp reset
    reject with icmpx admin-prohibited
  }
}
`;
}

function bridgeTable(config: Config, plan: FirewallPlan): string {
  const names = indexes.map((index) => `"${vethName(config, index)}"`);
  const ports = indexes.map(
    (index) => `"${vethName(config, index)}" . ${macAddress(config, index)} . ${serviceAddress(config, index)}`,
  );
  return `table bridge ${tableName(config)} {
  set names {
    type ifname
    ${elements(names)}
  }
  set ports {
    type ifname . ether_addr . ipv4_addr
    ${elements(ports)}
  }
  set reach {
    type ipv4_addr . ipv4_addr . inet_proto . inet_service
    ${elements(reachElements(config, plan))}
  }
  chain arriving {
    type filter hook prerouting priority -300; policy accept;
    iifname @names goto port
  }
  chain port {
    ether type ip iifname . ether saddr . ip saddr @ports accept
    ether type arp iifname . ether saddr . arp saddr ip @ports accept
    drop
  }
  chain crossing {
    type filter hook forward priority filter; policy accept;
    iifname @names goto isolated
  }
  chain isolated {
    ether type ip ip saddr . ip daddr . meta l4proto . th dport @reach accept
    drop
  }
}
`;
}

function reachElements(config: Config, plan: FirewallPlan): string[] {
  return plan.rules.flatMap((rule) =>
    rule.mayReach.map(
      (to) =>
        `${serviceAddress(config, rule.index)} . ${serviceAddress(config, to.index)} . ${to.protocol} . ${to.port}`,
    ),
  );
}

function hostPortElements(config: Config, plan: FirewallPlan): string[] {
  return plan.rules.flatMap((rule) =>
    rule.hostPorts.map((to) => `${serviceAddress(config, rule.index)} . ${to.protocol} . ${to.port}`),
  );
}

function forwardElements(config: Config, forwards: FirewallPlan['forwards']): string[] {
  return forwards.flatMap(({ protocol, hostPort, index, servicePort, count = 1 }) =>
    Array.from(
      { length: count },
      (_, at) => `${protocol} . ${hostPort + at} : ${serviceAddress(config, index)} . ${servicePort + at}`,
    ),
  );
}

/** nft refuses an empty list. */
function elements(list: readonly string[]): string {
  const unique = [...new Set(list)];
  return unique.length === 0 ? '' : `elements = { ${unique.join(', ')} }`;
}
