/** Shows set-up as a list of steps: one live line on a terminal, plain lines elsewhere. Quick steps stay silent. */

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** Milliseconds under which a step that changed nothing is not worth a line. */
const quick = 400;

export type Tell = (detail: string) => void;

export class Checklist {
  readonly #out: NodeJS.WriteStream;
  readonly #live: boolean;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
    this.#live = out.isTTY;
  }

  /** Runs the work under the title; `tell` replaces the detail behind it ("unpacking nginx"). */
  async step<T>(title: string, work: (tell: Tell) => Promise<T>): Promise<T> {
    const began = Date.now();
    let detail = '';
    let frame = 0;
    const seconds = () => `${((Date.now() - began) / 1000).toFixed(1)} s`;
    const draw = () => {
      const width = Math.max(20, (this.#out.columns || 80) - 1);
      const line = `  ${spinner[frame++ % spinner.length] ?? ''} ${title}  ${seconds()}${detail ? `  ${detail}` : ''}`;
      this.#out.write(`\r\u001b[K${line.slice(0, width)}`);
    };
    const timer = this.#live ? setInterval(draw, 100) : undefined;
    const announced = this.#live ? undefined : setTimeout(() => this.#out.write(`  … ${title}\n`), quick);
    const finish = (mark: string, always: boolean) => {
      clearInterval(timer);
      clearTimeout(announced);
      if (this.#live) this.#out.write('\r\u001b[K');
      if (always || Date.now() - began >= quick) this.#out.write(`  ${mark} ${title}  ${seconds()}\n`);
    };
    try {
      const result = await work((text) => {
        detail = text.replaceAll(/\s+/g, ' ').trim();
      });
      finish('✓', false);
      return result;
    } catch (error) {
      finish('✗', true);
      throw error;
    }
  }

  say(text: string): void {
    this.#out.write(`${text}\n`);
  }
}
