import { z } from 'zod';

export const networkConfig = z
  .object({
    /** Whether names are announced on the local network. */
    mdns: z.boolean().default(true),
    /** Milliseconds between looks at the machine's own addresses. */
    watchMs: z.number().int().min(100).default(15_000),
    /** nginx's module for what is not HTTP, where Debian puts it. */
    streamModule: z.string().startsWith('/').default('/usr/lib/nginx/modules/ngx_stream_module.so'),
  })
  .prefault({});
export type NetworkConfig = z.infer<typeof networkConfig>;
