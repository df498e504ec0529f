/** A line that tells how far long work is, and how long it will take. Only a terminal shows it. */
import { bytesText, durationText } from './text.ts';

const redrawMs = 100;
/** Seconds a rate looks back, about. */
const memory = 5;

export class Bar {
  readonly #stream: NodeJS.WritableStream & { readonly columns?: number };
  readonly #shown: boolean;
  #label = '';
  #drawnAt = 0;
  #rate = 0;
  #seen: { at: number; done: number } | null = null;
  #drawn = false;

  constructor(stream: NodeJS.WritableStream & { readonly columns?: number }, shown: boolean) {
    this.#stream = stream;
    this.#shown = shown;
  }

  /** Names what is going on. */
  say(label: string): void {
    if (label === this.#label) return;
    this.#label = label;
    this.#seen = null;
    this.#rate = 0;
    if (!this.#shown) return;
    this.#draw(label, true);
    // The first figures need not wait.
    this.#drawnAt = 0;
  }

  readonly update = (done: number, total: number | null, units: 'bytes' | 'steps' | null = 'bytes'): void => {
    if (!this.#shown) return;
    this.#measure(done);
    this.#draw(
      `${this.#label === '' ? '' : `${this.#label}  `}${progressText(done, total, units, this.#rate)}`,
      done === total,
    );
  };

  /** Clears the line, so that what comes next starts on a clean one. */
  end(): void {
    if (this.#drawn) this.#stream.write('\r\u001b[K');
    this.#drawn = false;
  }

  #measure(done: number): void {
    const now = performance.now();
    if (this.#seen === null || done < this.#seen.done) {
      this.#seen = { at: now, done };
      return;
    }
    const seconds = (now - this.#seen.at) / 1000;
    if (seconds < 0.2) return;
    const current = (done - this.#seen.done) / seconds;
    const weight = this.#rate === 0 ? 1 : Math.min(1, seconds / memory);
    this.#rate += (current - this.#rate) * weight;
    this.#seen = { at: now, done };
  }

  #draw(text: string, now: boolean): void {
    if (!now && performance.now() - this.#drawnAt < redrawMs) return;
    this.#drawnAt = performance.now();
    this.#drawn = true;
    this.#stream.write(`\r\u001b[K${text.slice(0, Math.max(20, (this.#stream.columns ?? 80) - 1))}`);
  }
}

/** @param rate of `done` per second; 0: not known yet */
export function progressText(
  done: number,
  total: number | null,
  units: 'bytes' | 'steps' | null,
  rate: number,
): string {
  const amount = units === 'bytes' ? bytesText : String;
  if (total === null || total <= 0) return `${amount(done)}${rateText(units, rate)}`;
  const share = Math.min(1, done / total);
  const width = 24;
  const filled = Math.round(share * width);
  const bar = `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}]`;
  const eta = rate > 0 && done < total ? `  ${durationText((total - done) / rate)} left` : '';
  return `${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${amount(done)} / ${amount(total)}${rateText(units, rate)}${eta}`;
}

function rateText(units: 'bytes' | 'steps' | null, rate: number): string {
  return units === 'bytes' && rate > 0 ? `  ${bytesText(rate)}/s` : '';
}
