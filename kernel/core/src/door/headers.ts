/** What every answer carries so that browsers keep strangers out. */

/** Proven with the UI's components: no inline script or style, no foreign request, lit's own policy for templates. */
export const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  // Pages of plugins, each in a frame that has an origin of its own.
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html',
].join('; ');

/** For what a package brought along: an image may be a document, and then it may do nothing. */
export const strangerPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

const everywhere = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
  'Content-Security-Policy': pagePolicy,
} as const;

/**
 * `host` is a checked host, with its port unless that is 443. HTTPS is remembered for names of this server alone: for
 * localhost it would break every other program there, and for addresses browsers ignore it. Nor on another port: a browser
 * that remembers keeps the port of plain links, and would speak HTTPS to the port that leads here.
 */
export function securityHeaders(scheme: 'http' | 'https', host: string): Record<string, string> {
  const name = host.replace(/:443$/, '');
  const remember = scheme === 'https' && name !== 'localhost' && !name.includes(':') && !/^[\d.]+$/.test(name);
  return { ...everywhere, ...(remember ? { 'Strict-Transport-Security': 'max-age=31536000' } : {}) };
}
