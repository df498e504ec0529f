// Runs within the page of a plugin: every way out of its frame. Answers what came of each.
(async (address) => {
  const attempt = async (work) => {
    try {
      return `done: ${String(await work())}`;
    } catch {
      return 'refused';
    }
  };
  const loaded = (element, source) =>
    new Promise((done, fail) => Object.assign(element, { onload: done, onerror: fail, onopen: done, src: source }));
  return {
    origin: self.origin,
    parent: await attempt(() => window.parent.document.title),
    cookie: await attempt(() => document.cookie),
    storage: await attempt(() => localStorage.length),
    database: await attempt(() => indexedDB.open('x').result),
    rpc: await attempt(() => fetch(`${address}/rpc/v1`, { method: 'POST', body: '{}' })),
    page: await attempt(() => fetch(address, { mode: 'no-cors' })),
    socket: await attempt(() => loaded(new WebSocket(`${address.replace('https', 'wss')}/feed`))),
    image: await attempt(() => loaded(new Image(), `${address}/favicon.svg`)),
    script: await attempt(() => (0, eval)('1')),
    worker: await attempt(
      () =>
        new Promise((done, fail) => {
          const text = new Blob(['postMessage(1)'], { type: 'text/javascript' });
          Object.assign(new Worker(URL.createObjectURL(text)), { onmessage: done, onerror: fail });
        }),
    ),
    opened: await attempt(() => {
      if (window.open(address) === null) throw new Error('refused');
    }),
    top: await attempt(() => {
      window.top.location.href = `${address}/services?taken`;
    }),
  };
})(ADDRESS);
