/** @hearth/engine: the root process, and the client tests speak to it with. */
export { type ConnectedEngine, connectEngine } from './server/client.ts';
export { errors as engineErrors } from './errors.ts';
export { emptyRuleset } from './firewall/ruleset.ts';
export { startEngine } from './engine.ts';
