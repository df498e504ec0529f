/** The page around the bundle, and the manifest that lets it be put on a home screen. */

export interface PageAssets {
  readonly script: string;
  readonly style: string;
  readonly icons: string;
}

/** What the door must send with `index.html`; every view is tested under it. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html',
].join('; ');

export function indexPage(assets: PageAssets): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Hearth</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#faf6f0" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#191411" media="(prefers-color-scheme: dark)">
<meta name="description" content="Your own server, at home">
<meta name="hearth-icons" content="${assets.icons}">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="manifest" href="/manifest.webmanifest">
<link rel="stylesheet" href="${assets.style}">
<script type="module" src="${assets.script}"></script>
</head>
<body>
<hearth-app></hearth-app>
<noscript>Hearth needs JavaScript to show its pages.</noscript>
</body>
</html>
`;
}

export const manifest = `${JSON.stringify(
  {
    id: '/',
    name: 'Hearth',
    short_name: 'Hearth',
    description: 'Your own server, at home',
    start_url: '/',
    scope: '/',
    display: 'standalone',
    background_color: '#faf6f0',
    theme_color: '#b4441a',
    icons: [{ src: '/favicon.svg', type: 'image/svg+xml', sizes: 'any', purpose: 'any' }],
  },
  null,
  2,
)}\n`;
