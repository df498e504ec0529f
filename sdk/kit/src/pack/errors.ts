/** What building a package can fail with. */
import { defineErrors } from '@hearth/contract/errors';

export const errors = defineErrors('pack', {
  noRecipe: { kind: 'NOT_FOUND', message: 'There is no recipe.json in {folder}' },
  recipeInvalid: { kind: 'INVALID_INPUT', message: 'recipe.json in {folder} is not valid: {reason}' },
  fileMissing: { kind: 'NOT_FOUND', message: 'The recipe in {folder} lacks {file}' },
  scriptInvalid: { kind: 'INVALID_INPUT', message: 'The package script cannot be used: {reason}' },
  manifestDisagrees: { kind: 'INVALID_INPUT', message: 'Script and recipe disagree: {reason}' },
  toolMissing: { kind: 'UNAVAILABLE', message: '{tool} is not installed; Debian package {package} has it' },
  toolFailed: { kind: 'INTERNAL', message: '{tool} failed ({reason}): {output}' },
  noSources: { kind: 'UNAVAILABLE', message: 'apt on this machine has no Debian source an image could be built from' },
  noSubordinateIds: {
    kind: 'UNAVAILABLE',
    message: 'Without root, images are built in a user namespace: {user} needs a line in /etc/subuid and /etc/subgid',
  },
  architectureUnknown: { kind: 'INVALID_INPUT', message: 'Images for {architecture} cannot be built here' },
  rootfsInvalid: { kind: 'INVALID_INPUT', message: 'Cannot use root file system "{file}": {reason}' },
  layerInvalid: { kind: 'INVALID_INPUT', message: 'Cannot use layer "{layer}": {reason}' },
  archiveInvalid: { kind: 'INVALID_INPUT', message: 'Cannot use image archive "{file}": {reason}' },
  noBuilder: {
    kind: 'UNAVAILABLE',
    message: 'Cannot build a Dockerfile: neither buildah nor podman is installed; Debian package buildah has one',
  },
  idInvalid: {
    kind: 'INVALID_INPUT',
    message: 'Cannot create package "{id}": a name is small letters and digits, in words joined by hyphens',
  },
  folderTaken: { kind: 'CONFLICT', message: 'Cannot create a package in "{folder}": it is not empty' },
  registryInvalid: { kind: 'CONFLICT', message: 'Cannot publish to "{folder}": {reason}' },
  cancelled: { kind: 'CANCELLED', message: 'Building was cancelled' },
});
