/**
 * Keeps the replica up to date over a WebSocket, and comes back by itself after every loss.
 *
 * Says hello in JSON, then reads CBOR frames. A gap is answered by asking again from nothing.
 */
import type { FeedHello, Frame } from '@hearth/contract';
import { Decoder } from 'cbor-x/index-no-eval';
import type { StateReplica } from '../state/replica.ts';
import type { SessionToken } from './session.ts';

/** `waiting`: lost, and trying again in a moment. `off`: not wanted. */
export type FeedState = 'off' | 'connecting' | 'live' | 'waiting';

/** The part of a WebSocket the feed uses. */
export interface FeedSocket {
  binaryType: string;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  send(text: string): void;
  close(): void;
}

export interface FeedNeeds {
  readonly open: () => FeedSocket;
  readonly session: SessionToken;
  readonly replica: Pick<StateReplica<object>, 'apply' | 'resume'>;
  readonly onState: (state: FeedState) => void;
  /** The server will not have us: the session may be over. The feed goes on trying until it is stopped. */
  readonly onRefused: (code: string, message: string) => void;
  /** 0 to 1; spreads the returns of many pages after a restart of the server. */
  readonly random?: () => number;
}

const firstDelayMs = 400;
const longestDelayMs = 15_000;

export class Feed {
  readonly #needs: FeedNeeds;
  readonly #decoder = new Decoder({ mapsAsObjects: true });
  #socket: FeedSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #failures = 0;
  #state: FeedState = 'off';

  constructor(needs: FeedNeeds) {
    this.#needs = needs;
  }

  get state(): FeedState {
    return this.#state;
  }

  start(): void {
    if (this.#state === 'off') this.#connect(true);
  }

  stop(): void {
    this.#drop();
    this.#failures = 0;
    this.#become('off');
  }

  /** The network came back, or the page was looked at again: no need to wait out the delay. */
  hurry(): void {
    if (this.#state === 'waiting') this.#connect(true);
  }

  #become(state: FeedState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#needs.onState(state);
  }

  #drop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #connect(mayResume: boolean): void {
    this.#drop();
    if (this.#state !== 'waiting') this.#become('connecting');
    const socket = this.#needs.open();
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      const resume = mayResume ? this.#needs.replica.resume : undefined;
      const hello: FeedHello = { token: this.#needs.session.read(), ...(resume === undefined ? {} : { resume }) };
      socket.send(JSON.stringify(hello));
    };
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = () => this.#retry();
  }

  #receive(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) return;
    const frame = this.#decoder.decode(new Uint8Array(data)) as Frame;
    const outcome = this.#needs.replica.apply(frame);
    if (outcome === 'resync') return this.#connect(false);
    if (frame.type === 'refused') {
      this.#retry();
      return this.#needs.onRefused(frame.code, frame.message);
    }
    this.#failures = 0;
    this.#become('live');
  }

  #retry(): void {
    this.#drop();
    const span = Math.min(longestDelayMs, firstDelayMs * 2 ** this.#failures);
    this.#failures += 1;
    this.#become('waiting');
    const random = this.#needs.random ?? Math.random;
    this.#timer = setTimeout(() => this.#connect(true), span * (0.5 + random() / 2));
  }
}
