import { entriesPackage } from '../../entries';
import * as database from './database';
import { made } from './sdk';

const { actions, createBackup, init, main, manifest, uninit } = entriesPackage(made, database);

export { actions, createBackup, init, main, manifest, uninit };
