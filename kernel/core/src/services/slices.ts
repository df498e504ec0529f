/** What the services keep in the state store. */
import type { HealthEntry, NeedEntry, ServiceRow, SliceDefinition } from '@hearth/contract';
import { serviceHealthSlice, serviceNeedsSlice, servicesSlice } from '@hearth/contract';
import { z } from 'zod';
import { mounted, type Mounted } from './parking/mounts.ts';
import { parkedRow, type ParkedRow } from './parking/parked.ts';

const portUse = z.object({ service: z.string(), host: z.string(), internalPort: z.number().int(), ssl: z.boolean() });
export type PortUse = z.infer<typeof portUse>;
/** By external port. */
export type Ports = Record<string, PortUse>;
/** By service, also of those that are gone while their data is kept. */
export type Indexes = Record<string, number>;

export const serviceSliceDefinitions = {
  services: { name: 'services', schema: servicesSlice, initial: {} } satisfies SliceDefinition<
    Record<string, ServiceRow>
  >,
  health: { name: 'serviceHealth', schema: serviceHealthSlice, initial: {}, volatile: true } satisfies SliceDefinition<
    Record<string, Record<string, HealthEntry>>
  >,
  needs: { name: 'serviceNeeds', schema: serviceNeedsSlice, initial: {}, volatile: true } satisfies SliceDefinition<
    Record<string, Record<string, NeedEntry>>
  >,
  ports: {
    name: 'availablePorts',
    schema: z.record(z.string(), portUse),
    initial: {},
    private: true,
  } satisfies SliceDefinition<Ports>,
  parked: {
    name: 'parkedServices',
    schema: z.record(z.string(), parkedRow),
    initial: {},
    private: true,
  } satisfies SliceDefinition<Record<string, ParkedRow>>,
  mounts: {
    name: 'serviceMounts',
    schema: z.record(z.string(), z.array(mounted)),
    initial: {},
    private: true,
  } satisfies SliceDefinition<Record<string, Mounted[]>>,
  indexes: {
    name: 'serviceIndexes',
    schema: z.record(z.string(), z.number().int().min(2).max(254)),
    initial: {},
    private: true,
  } satisfies SliceDefinition<Indexes>,
};
