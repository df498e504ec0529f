/** After the network: other services, the machine's own ports, somebody else's address. */
import { attempts, everywhere } from './table.ts';

export const networkAttempts = [
  ...attempts(everywhere, {
    'a port of another service': `dial($victim, $port)`,
    'every port of another service': `join ' ', grep { dial($victim, $_) } 22, 53, 80, 443, 8080, 22000, $port`,
    'a port of another service by UDP': `send_to($victim, $port); ''`,
    'a port of the machine on the bridge': `dial($bridge, $port)`,
    "ports of Hearth's on the bridge": `join ' ', grep { dial($bridge, $_) } 22, 80, 443, 8443, 2019, $port`,
    'a port of the machine by another address': `dial($outside, $port)`,
    "the machine's own loopback": `dial('127.0.0.1', $port)`,
    'a port of the machine by UDP': `send_to($bridge, $port); send_to($outside, $port); ''`,
    'a packet to all': `socket my $s, 2, 2, 0; setsockopt $s, 1, 6, 1; my $all = $bridge =~ s/\\.\\d+$/.255/r; send $s, 'hearth-escape', 0, Socket::pack_sockaddr_in($port, Socket::inet_aton($_)) for $all, '255.255.255.255', '224.0.0.251'; ''`,
    'packets under another address': `raw_ip($victim, $bridge, $port); raw_ip($bridge, $victim, $port); raw_ip($outside, $victim, $port); ''`,
    "the machine's place taken by ARP": `arp($bridge, $victim); ''`,
    "another service's place taken by ARP": `arp($victim, $bridge); ''`,
    'listening to everybody': `my $s = packet_socket() or return ''; my $end = time + 1; my $got = ''; while (time < $end) { my $set = ''; vec($set, fileno $s, 1) = 1; select($set, undef, undef, 0.2) or next; recv $s, my $frame, 4096, 0; my ($source, $target) = (substr($frame, 26, 4), substr($frame, 30, 4)); $got .= ' frame' if substr($frame, 12, 2) eq "\\x08\\0" && $source ne $me && $target ne $me && ord($target) < 224 && substr($target, 3) ne "\\xff" } $got`,
    'another address': `alias($victim); my $got = dial($bridge, $port, $victim) . dial($outside, $port, $victim); alias(undef); $got`,
    'IPv6 around the firewall': `join ' ', grep { $_ } map { dial6($_, $port) } @link_local`,
  }),
  ...attempts(['container'], {
    "another service's hardware address": `my $mac = $victim_mac; system 'ip', 'link', 'set', 'eth0', 'address', $mac; arp($victim, $bridge); send_to($bridge, $port); system 'ip', 'link', 'set', 'eth0', 'address', $own_mac; ''`,
    'a second card on the same cable': `my $got = ''; for my $kind ('macvlan', 'ipvlan') { system "ip link add link eth0 name second type $kind mode @{[$kind eq 'macvlan' ? 'bridge' : 'l2']} 2>/dev/null" and next; system "ip addr add $victim/24 dev second 2>/dev/null; ip link set second up 2>/dev/null"; arp($victim, $bridge, 'second'); $got .= dial($bridge, $port); system 'ip link del second 2>/dev/null' } $got`,
    'a tunnel around the firewall': `system "ip link add v0 type vxlan id 7 remote $victim dstport 4789 dev eth0 2>/dev/null; ip link set v0 up 2>/dev/null; ip addr add 10.99.9.1/24 dev v0 2>/dev/null"; send_to('10.99.9.2', $port); system 'ip link del v0 2>/dev/null'; ''`,
    'a way to the loopback of the machine': `system "sysctl -qw net.ipv4.conf.all.route_localnet=1 2>/dev/null; ip route add 127.9.9.0/24 via $bridge 2>/dev/null"; wrote('/proc/sys/net/ipv4/conf/all/route_localnet', '1'); dial('127.9.9.9', $port)`,
    'its card given away': `my $got = ''; for my $pid (@pids) { system("ip link set eth0 netns $pid 2>/dev/null") == 0 and $got .= " $pid" } $got`,
  }),
];
