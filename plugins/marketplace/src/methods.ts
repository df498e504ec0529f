import { type AnyMethod, defineMethod, type Services } from '@hearth/contract';
import { z } from 'zod';
import type { BuildKey } from './build-key.ts';
import { installMethod, planMethod } from './install.ts';
import { listingOf, marketPackage } from './listing.ts';
import type { Registries } from './registries.ts';
import { registryUrl } from './state.ts';

export interface MethodParts {
  readonly registries: Registries;
  readonly services: Services;
  readonly architecture: string;
  readonly key: () => Promise<BuildKey>;
  readonly check: (signal: AbortSignal) => Promise<void>;
}

const revision = z.object({ rev: z.number() });
const url = z.object({ url: registryUrl });

export function marketplaceMethods(parts: MethodParts): readonly AnyMethod[] {
  const { registries, architecture } = parts;
  return [
    defineMethod({
      name: 'registry.list',
      about: 'List the registries services are found in.',
      input: z.object({}),
      output: z.object({
        registries: z.array(z.object({ url: z.string(), name: z.string(), fixed: z.boolean() })),
      }),
      allow: 'viewer',
      async run() {
        const listed = registries.list().map(async ({ url: address, fixed, name }) => ({
          url: address,
          fixed,
          name: await name().catch(() => address),
        }));
        return { registries: await Promise.all(listed) };
      },
    }),
    defineMethod({
      name: 'registry.add',
      about: 'Add a registry: the address of a folder with an index.json (https, http or file).',
      input: url,
      output: revision,
      allow: 'admin',
      run: async (input) => ({ rev: await registries.add(input.url) }),
    }),
    defineMethod({
      name: 'registry.remove',
      about: 'Remove a registry. What was installed from it stays.',
      input: url,
      output: revision,
      allow: 'admin',
      run: async (input) => ({ rev: await registries.remove(input.url) }),
    }),
    defineMethod({
      name: 'marketplace.list',
      about: 'List what can be installed, with its versions.',
      input: z.object({ locale: z.string().max(16).default('en_US') }),
      output: z.object({ packages: z.array(marketPackage) }),
      allow: 'viewer',
      run: async ({ locale }, { signal }) => ({
        packages: listingOf(await registries.shelves(signal), architecture, locale),
      }),
    }),
    defineMethod({
      name: 'marketplace.check',
      about: 'Look for updates of installed services now.',
      input: z.object({}),
      output: z.object({}),
      allow: 'admin',
      run: async (_, { signal }) => {
        await parts.check(signal);
        return {};
      },
    }),
    installMethod(parts),
    planMethod(parts),
  ];
}
