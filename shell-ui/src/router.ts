/** Where the page is. Addresses are real paths, so that a page can be linked to, reloaded and gone back from. */

export type ServiceTab = 'overview' | 'addresses' | 'actions' | 'logs' | 'backups' | 'about';
export type SystemTab = 'general' | 'trust' | 'security' | 'health' | 'plugins';

export type Route =
  | { readonly view: 'services' }
  | { readonly view: 'service'; readonly service: string; readonly tab: ServiceTab }
  | { readonly view: 'marketplace' }
  | { readonly view: 'package'; readonly package: string }
  | { readonly view: 'backups' }
  | { readonly view: 'notifications' }
  | { readonly view: 'plugin'; readonly plugin: string }
  | { readonly view: 'system'; readonly tab: SystemTab }
  | { readonly view: 'unknown'; readonly path: string };

export const serviceTabs: readonly ServiceTab[] = ['overview', 'addresses', 'actions', 'logs', 'backups', 'about'];
export const systemTabs: readonly SystemTab[] = ['general', 'trust', 'security', 'health', 'plugins'];
const ids = /^[a-z0-9-]{1,64}$/;

/** What a first part of the path leads to, given the second and the third. */
const views: Readonly<Record<string, (name?: string, tab?: string) => Route | null>> = {
  services: (name, tab) => (name === undefined ? { view: 'services' } : serviceRoute(name, tab)),
  marketplace: (name, tab) => {
    if (tab !== undefined) return null;
    return name === undefined ? { view: 'marketplace' } : { view: 'package', package: name };
  },
  backups: (name) => (name === undefined ? { view: 'backups' } : null),
  notifications: (name) => (name === undefined ? { view: 'notifications' } : null),
  plugins: (plugin, more) => (plugin === undefined || more !== undefined ? null : { view: 'plugin', plugin }),
  system: (tab, more) => (more === undefined ? systemRoute(tab) : null),
};

export function parseRoute(path: string): Route {
  const [view = 'services', name, tab, ...rest] = path.split('/').filter((part) => part !== '');
  const sound = rest.length === 0 && (name === undefined || ids.test(name)) && Object.hasOwn(views, view);
  return (sound ? views[view]?.(name, tab) : null) ?? { view: 'unknown', path };
}

function serviceRoute(service: string, tab = 'overview'): Route | null {
  const known = serviceTabs.find((candidate) => candidate === tab);
  return known === undefined ? null : { view: 'service', service, tab: known };
}

function systemRoute(tab = 'general'): Route | null {
  const known = systemTabs.find((candidate) => candidate === tab);
  return known === undefined ? null : { view: 'system', tab: known };
}

export function pathTo(route: Route): string {
  switch (route.view) {
    case 'service':
      return `/services/${route.service}${route.tab === 'overview' ? '' : `/${route.tab}`}`;
    case 'package':
      return `/marketplace/${route.package}`;
    case 'system':
      return `/system${route.tab === 'general' ? '' : `/${route.tab}`}`;
    case 'plugin':
      return `/plugins/${route.plugin}`;
    case 'unknown':
      return route.path;
    default:
      return `/${route.view}`;
  }
}

/** Follows links of the page and the history. */
export class Router extends EventTarget {
  #route: Route = parseRoute(location.pathname);

  get route(): Route {
    return this.#route;
  }

  start(): void {
    addEventListener('popstate', () => this.#read());
    document.addEventListener('click', (event) => this.#click(event));
  }

  go(route: Route, how: 'push' | 'replace' = 'push'): void {
    if (how === 'push') history.pushState(null, '', pathTo(route));
    else history.replaceState(null, '', pathTo(route));
    this.#read();
    scrollTo({ top: 0 });
  }

  #read(): void {
    this.#route = parseRoute(location.pathname);
    this.dispatchEvent(new Event('change'));
  }

  #click(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
    if (link === undefined || link.origin !== location.origin) return;
    if (link.target !== '' || link.hasAttribute('download')) return;
    const route = parseRoute(link.pathname);
    if (route.view === 'unknown' || link.hash !== '') return;
    event.preventDefault();
    this.go(route);
  }
}
