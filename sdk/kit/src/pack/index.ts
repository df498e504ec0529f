/** @hearth/sdk/pack (Node): builds a package from its recipe. README.md beside says how a command uses it. */
export { bundleScript, type BundledScript, manifestOf, prebundleRecipe } from './bundle.ts';
export { packCommand, type PackCommand } from './command.ts';
export { createPackage, linkKit } from './create.ts';
export { errors as packErrors } from './errors.ts';
export type { Packed, PackEvent } from './events.ts';
export { readKey, readOrMakeKey } from './key.ts';
export { assertAgreement, defaultCache, ownArchitecture, packPackage, type PackRequest } from './pack.ts';
export { readRecipe, type Recipe } from './recipe.ts';
export { publishToFolder, type Published, type PublishOptions } from './registry.ts';
export { watchRecipe } from './watch.ts';
