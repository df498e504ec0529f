/** The pages nginx shows by itself when nobody else can answer. Plain: no script, no font, no picture. */
interface Page {
  readonly title: string;
  readonly text: string;
  /** Seconds until the browser asks again. */
  readonly refresh?: number;
}

const pages: Readonly<Record<string, Page>> = {
  'starting.html': {
    title: 'Hearth is starting',
    text: 'This page opens by itself as soon as the server is ready. Your services keep running meanwhile.',
    refresh: 2,
  },
  'stopped.html': {
    title: 'This service does not answer',
    text: 'It is stopped, or still starting. This page tries again by itself; the service can be started in Hearth.',
    refresh: 4,
  },
  'unknown.html': {
    title: 'Nothing here by this name',
    text: 'This server does not know the name you used. Open it by the name or address Hearth shows you.',
  },
};

/** File name -> HTML. */
export function staticPages(): ReadonlyMap<string, string> {
  return new Map(Object.entries(pages).map(([name, page]) => [name, html(page)]));
}

function html({ title, text, refresh }: Page): string {
  const again = refresh === undefined ? '' : `\n<meta http-equiv="refresh" content="${refresh}">`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">${again}
<title>${title}</title>
<style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 32rem; margin: 20vh auto 0; padding: 0 1.5rem; }
</style>
<h1>${title}</h1>
<p>${text}</p>
</html>
`;
}
