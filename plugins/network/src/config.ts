import { z } from 'zod';

export const networkConfig = z
  .object({
    mdns: z.boolean().default(true).describe('Whether names are announced on the local network.'),
    names: z
      .array(z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'a host name in lower case'))
      .max(64)
      .default([])
      .describe('Further host names Hearth’s own page answers to, as behind a tunnel; the kernel must know them too.'),
    watchMs: z
      .number()
      .int()
      .min(100)
      .default(15_000)
      .describe('Milliseconds between looks at the machine’s addresses.'),
    daemonWatchMs: z
      .number()
      .int()
      .min(100)
      .default(2_000)
      .describe('Milliseconds between looks whether nginx and the name server still run.'),
    streamModule: z
      .string()
      .startsWith('/')
      .default('/usr/lib/nginx/modules/ngx_stream_module.so')
      .describe('nginx’s module for TLS around what is not HTTP.'),
  })
  .prefault({});
export type NetworkConfig = z.infer<typeof networkConfig>;
