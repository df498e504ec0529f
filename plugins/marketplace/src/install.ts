/** package.install and marketplace.plan: the same choice of a version, carried out or only told. */
import type { AnyMethod, InstallRequest, ServiceRow } from '@hearth/contract';
import { defineMethod, HearthError, packageId, servicePlan } from '@hearth/contract';
import { z } from 'zod';
import { archiveFor, choose, refuseNewSigner } from './choose.ts';
import type { MethodParts } from './methods.ts';
import type { SourceInput } from './source.ts';
import { registryUrl } from './state.ts';

const hexKey = z.string().regex(/^[0-9a-f]{64}$/);
const wish = z.object({
  id: packageId,
  /** The newest unless told. */
  version: z.string().max(256).optional(),
  registry: registryUrl.optional(),
  /** Hex of a key: take an update signed by it although another key signed what is installed. */
  acceptSigner: hexKey.optional(),
});

interface Chosen {
  readonly request: InstallRequest;
  readonly installed: ServiceRow | null;
  /** Hex of those that signed it. */
  readonly signers: readonly string[];
}

async function chosenFor(parts: MethodParts, asked: z.infer<typeof wish>, signal: AbortSignal): Promise<Chosen> {
  const { registries, services, architecture, key } = parts;
  const installed = services.read(asked.id);
  const chosen = choose(await registries.shelves(signal), asked, installed);
  const archive = chosen.offered.origin.kind === 'archive' ? archiveFor(chosen, architecture) : null;
  const input: SourceInput = {
    id: asked.id,
    registry: chosen.registry,
    from: archive === null ? { kind: 'recipe' } : { kind: 'archive', archive },
  };
  return {
    request: { id: asked.id, title: chosen.offer.title, source: 'registry', input },
    installed,
    signers: archive === null ? [(await key()).publicKey] : Object.keys(archive.signatures),
  };
}

export function installMethod(parts: MethodParts): AnyMethod {
  return defineMethod({
    name: 'package.install',
    about: 'Install a service from a registry, or bring an installed one to another version.',
    input: wish.extend({
      /** Start it when it is installed for the first time. */
      start: z.boolean().default(true),
      /** Of a plan: only what it showed is installed. */
      expect: hexKey.optional(),
      /** `id` of a plan: what it showed is done, or nothing. */
      plan: hexKey.optional(),
    }),
    output: z.object({ job: z.string(), rev: z.number() }),
    allow: 'admin',
    async run({ start, expect, plan, ...asked }, { signal }) {
      const { request, installed, signers } = await chosenFor(parts, asked, signal);
      refuseNewSigner(asked.id, installed, signers, asked.acceptSigner);
      return parts.services.install({
        ...request,
        ...(expect !== undefined && { expect }),
        ...(plan !== undefined && { plan }),
        ...(installed === null && { start }),
      });
    },
  });
}

export function planMethod(parts: MethodParts): AnyMethod {
  return defineMethod({
    name: 'marketplace.plan',
    about: 'Show what installing a service from a registry would do; only the head of the package is fetched.',
    input: wish,
    output: servicePlan,
    allow: 'admin',
    deadlineMs: 120_000,
    async run(asked, { signal }) {
      const { request, installed, signers } = await chosenFor(parts, asked, signal);
      const plan = await parts.services.plan(request, signal);
      try {
        refuseNewSigner(asked.id, installed, signers, asked.acceptSigner);
        return plan;
      } catch (error) {
        const { code, message, data } = HearthError.from(error);
        return { ...plan, refusals: [{ code, message, data: { ...data } }, ...plan.refusals] };
      }
    },
  });
}
