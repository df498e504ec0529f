/** Bindings of every kind: TLS ended by the server, TLS of the service itself, a plain line, a binding nobody sees. */
import { doors } from './files';
import { ports, sdk } from './sdk';

const face = {
  description: 'As the SDK exports it',
  masked: false,
  schemeOverride: null,
  username: null,
  path: '',
  query: {},
};

export const setInterfaces = sdk.setupInterfaces(async ({ effects }) => {
  const open = (await doors.read((d) => d.api).const(effects)) ?? true;

  const web = await sdk.MultiHost.of(effects, 'web').bindPort(ports.web, { protocol: 'http' });
  const receipts = [
    await web.export([
      sdk.createInterface(effects, { ...face, id: 'ui', name: 'Page', type: 'ui' }),
      sdk.createInterface(effects, {
        ...face,
        id: 'admin',
        name: 'Administration',
        type: 'ui',
        masked: true,
        username: 'admin',
        path: '/admin',
        query: { lang: 'en' },
      }),
    ]),
  ];

  const own = await sdk.MultiHost.of(effects, 'own').bindPort(ports.own, {
    protocol: 'https',
    preferredExternalPort: 18443,
  });
  receipts.push(await own.export([sdk.createInterface(effects, { ...face, id: 'own', name: 'Own TLS', type: 'api' })]));

  const line = await sdk.MultiHost.of(effects, 'line').bindPort(ports.line, {
    protocol: null,
    preferredExternalPort: 19735,
    addSsl: null,
    secure: { ssl: false },
  });
  const override = { schemeOverride: { ssl: null, noSsl: 'line' } };
  receipts.push(
    await line.export([sdk.createInterface(effects, { ...face, ...override, id: 'line', name: 'Line', type: 'p2p' })]),
  );

  // No interface: for other services alone.
  await sdk.MultiHost.of(effects, 'inner').bindPort(ports.api + 1, {
    protocol: null,
    preferredExternalPort: 18082,
    addSsl: null,
    secure: null,
  });

  if (open) {
    const api = await sdk.MultiHost.of(effects, 'api').bindPort(ports.api, {
      protocol: null,
      preferredExternalPort: 18081,
      addSsl: {
        preferredExternalPort: 18444,
        addXForwardedHeaders: false,
        alpn: { specified: ['http/1.1'] },
        auth: null,
      },
      secure: null,
    });
    receipts.push(await api.export([sdk.createInterface(effects, { ...face, id: 'api', name: 'API', type: 'api' })]));
  }
  return receipts;
});
