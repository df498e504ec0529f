/**
 * TCP connections of the node. (The library's companion for Node.js never writes again after a connection was once too
 * full, so this is our own.)
 */
import { connect, createServer, isIPv4, type Server, type Socket } from 'node:net';
import { Option_SocketAddressZ, type PeerManager, SocketAddress, SocketDescriptor } from 'lightningdevkit';
import { bytes, hex } from './bytes.ts';

const patienceMs = 15_000;

export class Peers {
  private readonly manager: PeerManager;
  private readonly afterwards: () => void;
  private readonly open = new Set<Socket>();
  private server: Server | null = null;
  private count = 0n;

  /** `afterwards` is called when something arrived. */
  constructor(manager: PeerManager, afterwards: () => void) {
    this.manager = manager;
    this.afterwards = afterwards;
  }

  listen(port: number): Promise<void> {
    const server = createServer((socket) => {
      const descriptor = this.descriptor(socket);
      if (!this.manager.new_inbound_connection(descriptor, addressOf(socket)).is_ok()) socket.destroy();
    });
    this.server = server;
    return new Promise((done, fail) => server.once('error', fail).listen(port, '0.0.0.0', done));
  }

  isConnected(nodeId: string): boolean {
    return this.connected().includes(nodeId);
  }

  connected(): string[] {
    return this.manager.list_peers().map((peer) => hex(peer.get_counterparty_node_id()));
  }

  /** Resolves once the other side has shown that it is who it is meant to be. */
  async connect(nodeId: string, host: string, port: number): Promise<void> {
    if (this.isConnected(nodeId)) return;
    const socket = connect({ host, port, timeout: patienceMs });
    await new Promise<void>((done, fail) => {
      socket.once('connect', done).once('error', fail);
      socket.once('timeout', () => socket.destroy(new Error(`${host} does not answer`)));
    });
    socket.setTimeout(0);
    const descriptor = this.descriptor(socket);
    const greeting = this.manager.new_outbound_connection(bytes(nodeId), descriptor, addressOf(socket));
    if (!greeting.is_ok()) throw new Error('The connection was refused');
    socket.write((greeting as unknown as { readonly res: Uint8Array }).res);
    const end = Date.now() + patienceMs;
    while (!this.isConnected(nodeId)) {
      if (socket.destroyed || Date.now() > end) throw new Error('The other side is not who it was meant to be');
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  close(): void {
    this.server?.close();
    this.manager.disconnect_all_peers();
    for (const socket of this.open) socket.destroy();
  }

  private descriptor(socket: Socket): SocketDescriptor {
    const number = this.count++;
    let full = false;
    let over = false;
    this.open.add(socket.setNoDelay(true));
    const descriptor = SocketDescriptor.new_impl({
      send_data: (data, resume) => {
        if (resume) socket.resume();
        if (full || over) return 0;
        full = !socket.write(data);
        return data.length;
      },
      disconnect_socket: () => {
        over = true;
        socket.destroy();
      },
      eq: (other) => other.hash() === number,
      hash: () => number,
    });
    socket.on('drain', () => {
      full = false;
      if (!over && !this.manager.write_buffer_space_avail(descriptor).is_ok()) socket.destroy();
    });
    socket.on('data', (data) => {
      if (over) return;
      const read = this.manager.read_event(descriptor, new Uint8Array(data));
      if (!read.is_ok()) {
        over = true;
        socket.destroy();
      } else if ((read as unknown as { readonly res: boolean }).res) socket.pause();
      this.afterwards();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.open.delete(socket);
      if (!over) this.manager.socket_disconnected(descriptor);
      over = true;
      this.afterwards();
    });
    return descriptor;
  }
}

function addressOf({ remoteAddress, remotePort }: Socket): Option_SocketAddressZ {
  if (remoteAddress === undefined || remotePort === undefined || !isIPv4(remoteAddress)) {
    return Option_SocketAddressZ.constructor_none();
  }
  const parts = Uint8Array.from(remoteAddress.split('.').map(Number));
  return Option_SocketAddressZ.constructor_some(SocketAddress.constructor_tcp_ip_v4(parts, remotePort));
}
