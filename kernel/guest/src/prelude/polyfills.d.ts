/** Polyfills that come without types: what the prelude takes of each. */
declare module 'core-js-pure/actual/structured-clone' {
  const structuredClone: (value: unknown, options?: object) => unknown;
  export default structuredClone;
}
declare module 'core-js-pure/actual/url' {
  const url: unknown;
  export default url;
}
declare module 'core-js-pure/actual/url-search-params' {
  const parameters: unknown;
  export default parameters;
}
declare module 'path-browserify' {
  import type * as NodePath from 'node:path';
  const path: typeof NodePath;
  export default path;
}
declare module 'punycode/' {
  const punycode: { toASCII(name: string): string; toUnicode(name: string): string };
  export default punycode;
}
declare module 'string_decoder/' {
  const decoder: unknown;
  export default decoder;
}
declare module 'readable-stream' {
  const streams: unknown;
  export default streams;
}
