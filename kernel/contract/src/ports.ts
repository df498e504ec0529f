/** The references of what the kernel provides, and of what it expects some plugin to provide. */
import type { Authenticator } from './authentication.ts';
import type { EngineClient } from './engine.ts';
import type { Jobs } from './jobs.ts';
import type { Network } from './network.ts';
import { serviceRef } from './refs.ts';
import type { Server } from './server.ts';
import type { Services } from './services.ts';

/** Provided by the kernel. */
export const engineRef = serviceRef<EngineClient>('engine');
export const servicesRef = serviceRef<Services>('services');
export const jobsRef = serviceRef<Jobs>('jobs');
export const serverRef = serviceRef<Server>('server');

/** Provided by plugins, used by the kernel if they are there. */
export const networkRef = serviceRef<Network>('network');
export const authenticatorRef = serviceRef<Authenticator>('authenticator');
