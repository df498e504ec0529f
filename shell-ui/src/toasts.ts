/** Short results that go away by themselves; read out by screen readers through `hearth-toasts`. */

export type Tone = 'good' | 'info' | 'warn' | 'bad';

export interface Toast {
  readonly id: number;
  readonly tone: Tone;
  readonly text: string;
  /** What to do about it. */
  readonly more: string | null;
}

const shownMs = 6000;
const shownBadMs = 15_000;

export class Toasts extends EventTarget {
  #items: readonly Toast[] = [];
  #next = 1;

  get items(): readonly Toast[] {
    return this.#items;
  }

  show(tone: Tone, text: string, more: string | null = null): void {
    const id = this.#next++;
    this.#set([...this.#items.slice(-3), { id, tone, text, more }]);
    setTimeout(() => this.close(id), tone === 'bad' ? shownBadMs : shownMs);
  }

  close(id: number): void {
    this.#set(this.#items.filter((item) => item.id !== id));
  }

  #set(items: readonly Toast[]): void {
    this.#items = items;
    this.dispatchEvent(new Event('change'));
  }
}
