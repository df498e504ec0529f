/**
 * @hearth/sdk: what a package script imports.
 *
 * The script runs in a sandbox inside the service's container and reaches the world only by the effects it is handed and
 * the few of Node's names its guest serves. `@hearth/sdk/pack` (Node) builds the package.
 */
export { answer, shown } from './script/actions.ts';
export {
  type Check,
  type CheckContext,
  type Health,
  portListens,
  programSucceeds,
  webAnswers,
} from './script/checks.ts';
export type { Context, VolumeFiles } from './script/context.ts';
export { defineService, type ServiceExports } from './script/define-service.ts';
export type { ActionResult, CheckResult, Effects, ResultValue } from './script/effects.ts';
export type { ExecOptions, Finished, MountOptions, Subcontainer } from './script/subcontainer.ts';
export type {
  About,
  Action,
  Daemon,
  Definition,
  HealthCheck,
  Image,
  Interface,
  Localised,
  Ready,
} from './script/types.ts';
export * as fields from './script/fields.ts';
export type { Field, Fields, Values } from './script/input.ts';
