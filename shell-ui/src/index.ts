/** @hearth/shell-ui: what others may know of the web interface. Its files are made by `@hearth/shell-ui/build`. */
export { contentSecurityPolicy } from './build/page.ts';
