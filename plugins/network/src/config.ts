import { z } from 'zod';

export const networkConfig = z
  .object({
    mdns: z.boolean().default(true).describe('Whether names are announced on the local network.'),
    watchMs: z
      .number()
      .int()
      .min(100)
      .default(15_000)
      .describe('Milliseconds between looks at the machine’s addresses.'),
    streamModule: z
      .string()
      .startsWith('/')
      .default('/usr/lib/nginx/modules/ngx_stream_module.so')
      .describe('nginx’s module for TLS around what is not HTTP.'),
  })
  .prefault({});
export type NetworkConfig = z.infer<typeof networkConfig>;
