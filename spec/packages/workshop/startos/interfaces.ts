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

  // Handed on as it is: the service holds the certificate.
  const own = await sdk.MultiHost.of(effects, 'own').bindPort(ports.own, {
    protocol: null,
    preferredExternalPort: 18443,
    addSsl: null,
    secure: { ssl: true },
  });
  const secure = { schemeOverride: { ssl: 'https', noSsl: null } };
  receipts.push(
    await own.export([sdk.createInterface(effects, { ...face, ...secure, id: 'own', name: 'Own TLS', type: 'api' })]),
  );

  // TLS of the service's own, ended by the server and begun anew.
  const both = await sdk.MultiHost.of(effects, 'both').bindPort(ports.both, { protocol: 'https' });
  receipts.push(await both.export([sdk.createInterface(effects, { ...face, id: 'both', name: 'Both', type: 'api' })]));

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
  await sdk.MultiHost.of(effects, 'inner').bindPort(ports.inner, {
    protocol: null,
    preferredExternalPort: 18082,
    addSsl: null,
    secure: null,
  });

  // Many ports beside one another, as calls need them.
  const calls = await sdk.MultiHost.of(effects, 'calls').bindPortRange({
    internalStartPort: ports.calls,
    externalStartPort: 24_200,
    numberOfPorts: 4,
  });
  await calls.export(
    sdk.createRangeInterface(effects, { id: 'calls', name: 'Calls', description: 'Lines for calls', scheme: 'rtp' }),
  );

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
