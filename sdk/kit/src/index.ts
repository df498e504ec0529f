/**
 * @hearth/sdk: what a package script imports.
 *
 * The script runs in a sandbox inside the service's container and reaches the world only by the effects it is handed and
 * the few of Node's names its guest serves. `@hearth/sdk/pack` (Node) builds the package, `@hearth/sdk/testing` tries it.
 */
export { answer, shown } from './script/answer.ts';
export {
  type AddressPlace,
  type AddressPlugin,
  type AddressProvider,
  type GivenAddress,
  type InterfacePlace,
  urlPlugin,
} from './script/address-provider.ts';
export type { Address } from './script/addresses.ts';
export {
  type Check,
  type CheckContext,
  type Health,
  portListens,
  programSucceeds,
  webAnswers,
} from './script/checks.ts';
export { fromImage, type ImageCommand, type Limits } from './script/command.ts';
export type { AnyContext, Context, Mounts, Task } from './script/context.ts';
export type { Definition } from './script/definition.ts';
export { defineService, type ServiceExports } from './script/define-service.ts';
export type { DependencyHandle, DependencyStatus } from './script/dependency-handle.ts';
export type {
  ActionResult,
  CheckResult,
  DependencyState,
  Effects,
  ResultValue,
  SingleResult,
  Smtp,
} from './script/effects.ts';
export * as fields from './script/fields.ts';
export type { Field, Fields, Values } from './script/input.ts';
export { inside, type InsidePlace, type PortOfService } from './script/inside.ts';
export type { Migration, Migrations } from './script/migrations.ts';
export type { Reactive } from './script/reactive.ts';
export type { Secret, SecretHandle } from './script/secrets.ts';
export type { SignOn, SignOnClient } from './script/sign-on.ts';
export type { ExecOptions, Finished, MountOptions, Subcontainer } from './script/subcontainer.ts';
export { texts, type Translate } from './script/texts.ts';
export type {
  About,
  Action,
  BackupVolume,
  Daemon,
  Dependency,
  DependencyMount,
  DependencyTask,
  HealthCheck,
  Image,
  Interface,
  Localised,
  Ready,
  StopSignal,
} from './script/types.ts';
export type { VolumeFiles } from './script/volume-files.ts';
export type { ConfigFile } from './files/config-file.ts';
export { envFile } from './files/env.ts';
export type { ConfigHandle, DeepPartial } from './files/handle.ts';
export { iniFile } from './files/ini.ts';
export { jsonFile } from './files/json.ts';
export { rawFile } from './files/raw.ts';
export { tomlFile } from './files/toml.ts';
export { xmlFile } from './files/xml.ts';
export { yamlFile } from './files/yaml.ts';
export * as model from './model/model.ts';
