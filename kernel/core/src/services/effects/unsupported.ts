/** Effects this server does not offer, each refused in words a packager understands. */
import { effectErrors } from '../errors.ts';
import type { Handlers } from './call.ts';

type Names = 'plugin.url.register' | 'plugin.url.export-url' | 'plugin.url.clear-urls';

const refuse = (feature: string) => (): never => {
  throw effectErrors.unsupported({ feature });
};

export const unsupportedEffects: Handlers<Names> = {
  'plugin.url.register': refuse('adding addresses to other packages'),
  'plugin.url.export-url': refuse('adding addresses to other packages'),
  'plugin.url.clear-urls': refuse('adding addresses to other packages'),
};
