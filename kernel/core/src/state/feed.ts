/**
 * Tells everyone who follows the state what changed: a snapshot, then patches.
 *
 * Changes of a few milliseconds go into one frame, which is encoded once for all. Who comes back with a revision the ring
 * still reaches gets what was missed; who is too slow gets no more until he has caught up, then a snapshot. Nothing is
 * buffered for anyone beyond one bound.
 */
import type { Frame, Log, Operation } from '@hearth/contract';
import { encode } from './codec.ts';
import type { Store } from './store.ts';
import { type View, wholeView } from './view.ts';

/** One connection, whatever carries it. */
export interface FeedSink {
  send(frame: Uint8Array): void;
  /** Bytes given to `send` that have not left yet. */
  readonly buffered: number;
  close(reason: 'too-slow' | 'stopping'): void;
}

export interface FeedOptions {
  readonly log: Log;
  /** Milliseconds changes are gathered for. */
  readonly tickMs?: number;
  /** Bytes of frames kept for those who come back. */
  readonly ringBytes?: number;
  /** Bytes that may wait for one client. */
  readonly bufferBytes?: number;
  /** Milliseconds a client may lag before it is cut. */
  readonly patienceMs?: number;
}

interface Kept {
  readonly from: number;
  readonly rev: number;
  readonly ops: readonly Operation[];
  readonly bytes: Uint8Array;
  /** As those see it who follow a part, by the key of their view. */
  readonly parts: Map<string, Uint8Array>;
}

interface Client {
  readonly sink: FeedSink;
  readonly view: View;
  rev: number;
  /** Since when it gets nothing; null while it keeps up. */
  lagging: number | null;
}

export class Feed {
  readonly #store: Store;
  readonly #options: Required<FeedOptions>;
  readonly #clients = new Set<Client>();
  readonly #ring: Kept[] = [];
  #ringBytes = 0;
  #pending: Operation[] = [];
  /** The revision everyone who keeps up is at. */
  #told: number;
  #timer: NodeJS.Timeout | null = null;
  /** Of the latest revision, by the key of the view. */
  #snapshots: { readonly rev: number; readonly bytes: Map<string, Uint8Array> } = { rev: -1, bytes: new Map() };
  readonly #unfollow: () => void;

  constructor(store: Store, options: FeedOptions) {
    this.#store = store;
    this.#options = {
      tickMs: 16,
      ringBytes: 4 * 1024 * 1024,
      bufferBytes: 4 * 1024 * 1024,
      patienceMs: 30_000,
      ...options,
    };
    this.#told = store.rev;
    this.#unfollow = store.follow(({ ops }) => {
      this.#pending.push(...ops);
      this.#timer ??= setTimeout(() => this.#flush(), this.#options.tickMs);
    });
  }

  get size(): number {
    return this.#clients.size;
  }

  /** Begins with what the client has missed, or with everything; returns the undo. */
  join(sink: FeedSink, resume?: { readonly epoch: string; readonly rev: number }, view = wholeView): () => void {
    this.#flush();
    const known = resume?.epoch === this.#store.epoch ? resume.rev : -1;
    const client: Client = { sink, view, rev: known, lagging: null };
    this.#clients.add(client);
    this.#catchUp(client);
    return () => void this.#clients.delete(client);
  }

  close(): void {
    this.#unfollow();
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const client of [...this.#clients]) this.#cut(client, 'stopping');
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const rev = this.#store.rev;
    if (rev > this.#told)
      this.#keep({ type: 'patch', epoch: this.#store.epoch, from: this.#told, rev, ops: this.#pending });
    this.#pending = [];
    this.#told = rev;
    for (const client of [...this.#clients]) this.#deliver(client);
    const waiting = [...this.#clients].some((client) => client.lagging !== null);
    if (waiting) this.#timer = setTimeout(() => this.#flush(), Math.max(this.#options.tickMs, 50));
  }

  #keep(frame: Frame & { type: 'patch' }): void {
    const bytes = encode(frame);
    const { from, rev, ops } = frame;
    this.#ring.push({ from, rev, ops, bytes, parts: new Map() });
    this.#ringBytes += bytes.length;
    while (this.#ringBytes > this.#options.ringBytes && this.#ring.length > 1) {
      this.#ringBytes -= this.#ring.shift()?.bytes.length ?? 0;
    }
  }

  #deliver(client: Client): void {
    const { sink } = client;
    if (client.lagging === null) {
      if (sink.buffered > this.#options.bufferBytes) client.lagging = performance.now();
      else this.#catchUp(client);
      return;
    }
    if (sink.buffered === 0) {
      client.lagging = null;
      this.#catchUp(client);
    } else if (performance.now() - client.lagging > this.#options.patienceMs) this.#cut(client, 'too-slow');
  }

  /** From where the client is to now: by the frames it has missed where they are at hand and smaller, else anew. */
  #catchUp(client: Client): void {
    if (client.rev === this.#told) return;
    const missed = this.#since(client.rev);
    const frames = missed?.map((kept) => this.#bytesFor(kept, client.view)) ?? [this.#snapshotFrame(client.view)];
    try {
      for (const frame of frames) client.sink.send(frame);
      client.rev = this.#told;
    } catch (error) {
      this.#options.log.debug({ err: error }, 'a feed could not be written to');
      this.#clients.delete(client);
    }
  }

  #since(rev: number): readonly Kept[] | null {
    const last = this.#ring.at(-1);
    // The usual case: one frame behind.
    if (last?.from === rev) return [last];
    const at = this.#ring.findIndex((kept) => kept.from === rev);
    return at < 0 ? null : this.#ring.slice(at);
  }

  /** Encoded once for all who follow the same part. */
  #bytesFor(kept: Kept, view: View): Uint8Array {
    if (view === wholeView) return kept.bytes;
    const known = kept.parts.get(view.key);
    if (known !== undefined) return known;
    const { from, rev, ops, parts } = kept;
    const { epoch } = this.#store;
    const bytes = encode({ type: 'patch', epoch, from, rev, ops: view.operations(ops) } satisfies Frame);
    parts.set(view.key, bytes);
    return bytes;
  }

  #snapshotFrame(view: View): Uint8Array {
    if (this.#snapshots.rev !== this.#told) this.#snapshots = { rev: this.#told, bytes: new Map() };
    const known = this.#snapshots.bytes.get(view.key);
    if (known !== undefined) return known;
    const { epoch, rev, value } = this.#store.snapshot();
    const bytes = encode({ type: 'snapshot', epoch, rev, value: view.document(value) } satisfies Frame);
    this.#snapshots.bytes.set(view.key, bytes);
    return bytes;
  }

  #cut(client: Client, reason: 'too-slow' | 'stopping'): void {
    this.#clients.delete(client);
    client.sink.close(reason);
  }
}
