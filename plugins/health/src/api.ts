/** All another plugin may know of health: the shape of the public state. */
export type { HealthState } from './state.ts';
