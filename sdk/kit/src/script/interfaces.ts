/** Binds the ports of the service and tells people what they are for; whatever was there before and is not now goes. */
import type { BindParams, Effects } from './effects.ts';
import type { Interface } from './types.ts';

export async function exportInterfaces(
  effects: Effects,
  interfaces: Readonly<Record<string, Interface>>,
): Promise<void> {
  for (const [id, described] of Object.entries(interfaces)) {
    await effects.bind(binding(id, described));
    const { name, description, type, port, masked = false, path = '', internal = false } = described;
    if (internal) continue;
    const schemes = schemesOf(described);
    await effects.exportServiceInterface({
      id,
      name,
      description,
      type,
      masked,
      addressInfo: { username: null, hostId: id, internalPort: port, ...schemes, suffix: path },
    });
  }
  const kept = Object.entries(interfaces).map(([id, { port }]) => ({ id, internalPort: port }));
  await effects.clearBindings({ except: kept });
  const shown = Object.entries(interfaces).filter(([, { internal }]) => internal !== true);
  await effects.clearServiceInterfaces({ except: shown.map(([id]) => id) });
}

function binding(id: string, { protocol, port, externalPort, encrypted = false }: Interface): BindParams {
  if (protocol === 'http') {
    return {
      id,
      internalPort: port,
      preferredExternalPort: 80,
      addSsl: {
        preferredExternalPort: externalPort ?? 443,
        addXForwardedHeaders: true,
        alpn: { specified: ['http/1.1'] },
        auth: null,
      },
      secure: null,
    };
  }
  if (protocol === 'tls') {
    const preferredExternalPort = externalPort ?? port;
    const addSsl = { preferredExternalPort, addXForwardedHeaders: false, alpn: null, auth: null };
    return { id, internalPort: port, preferredExternalPort, addSsl, secure: null };
  }
  return {
    id,
    internalPort: port,
    preferredExternalPort: externalPort ?? port,
    addSsl: null,
    secure: { ssl: encrypted },
  };
}

function schemesOf({ protocol, scheme, encrypted = false }: Interface) {
  if (protocol === 'http') return { scheme: 'http', sslScheme: scheme ?? 'https' };
  if (protocol === 'tls') return { scheme: null, sslScheme: scheme ?? null };
  return encrypted ? { scheme: null, sslScheme: scheme ?? null } : { scheme: scheme ?? null, sslScheme: null };
}
