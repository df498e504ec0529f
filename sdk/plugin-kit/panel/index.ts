/**
 * @hearth/plugin-kit/panel: for the page of a plugin. It runs in a closed frame; the port it is given leads to the
 * commands and the state of its own plugin and nowhere else.
 */

export interface Panel<State = Record<string, unknown>> {
  /** `light` or `dark`, as the interface around it. */
  readonly theme: 'light' | 'dark';
  /** Calls a command of the plugin, on behalf of the person who looks at the page. Throws what it throws. */
  call<T = unknown>(method: string, input?: object): Promise<T>;
  /** Calls with the state of the plugin, now and whenever it changes. */
  watch(listener: (state: State) => void): void;
}

type FromHost =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly code: string; readonly message: string } }
  | { readonly state: unknown };

/** Resolves when the interface around the page has answered. */
export function connect<State = Record<string, unknown>>(): Promise<Panel<State>> {
  return new Promise((resolve) => {
    const hear = (event: MessageEvent<{ hearth?: string; theme?: 'light' | 'dark'; state?: unknown }>): void => {
      const [port] = event.ports;
      if (event.source !== window.parent || event.data.hearth !== 'port' || port === undefined) return;
      window.removeEventListener('message', hear);
      resolve(panelOn<State>(port, event.data.theme ?? 'light', event.data.state));
    };
    window.addEventListener('message', hear);
    window.parent.postMessage({ hearth: 'hello' }, '*');
  });
}

function panelOn<State>(port: MessagePort, theme: 'light' | 'dark', first: unknown): Panel<State> {
  const calls = new Map<number, PromiseWithResolvers<unknown>>();
  const listeners = new Set<(state: State) => void>();
  let state = first as State;
  let last = 0;
  port.onmessage = ({ data }: MessageEvent<FromHost>) => {
    if ('state' in data) {
      state = data.state as State;
      for (const listener of listeners) listener(state);
      return;
    }
    const call = calls.get(data.id);
    calls.delete(data.id);
    if ('error' in data) call?.reject(Object.assign(new Error(data.error.message), { code: data.error.code }));
    else call?.resolve(data.value);
  };
  const tellHeight = (): void => port.postMessage({ height: document.documentElement.getBoundingClientRect().height });
  new ResizeObserver(tellHeight).observe(document.documentElement);
  document.documentElement.dataset['theme'] = theme;
  return {
    theme,
    call: (method, input = {}) => {
      const call = Promise.withResolvers<unknown>();
      calls.set((last += 1), call);
      port.postMessage({ id: last, call: method, input });
      return call.promise as Promise<never>;
    },
    watch: (listener) => {
      listeners.add(listener);
      listener(state);
    },
  };
}
