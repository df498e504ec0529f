import { port, sdk } from './sdk';

export const setInterfaces = sdk.setupInterfaces(async ({ effects }) => {
  const multi = sdk.MultiHost.of(effects, 'ui-multi');
  const origin = await multi.bindPort(port, { protocol: 'http' });
  const ui = sdk.createInterface(effects, {
    name: 'Web page',
    id: 'ui',
    description: 'The page that says hello',
    type: 'ui',
    masked: false,
    schemeOverride: null,
    username: null,
    path: '',
    query: {},
  });
  return [await origin.export([ui])];
});
