import { msg } from '@lit/localize';
import type { FailureTable } from '../failure-table.ts';

/** Installing, allowing and calling plugins of others. */
export function pluginFailures(): FailureTable {
  return {
    'plugins.unknown': { text: msg('This plugin is not installed any more.') },
    'plugins.uploadMissing': { text: msg('The file has gone from the server.'), more: msg('Choose it again.') },
    'plugins.archiveTooLarge': { text: msg('The file is too large for a plugin.') },
    'plugins.archiveInvalid': {
      text: msg('This file is no sound plugin: {reason}'),
      more: msg('Nothing was installed. Ask its author.'),
    },
    'plugins.idTaken': { text: msg('A part of Hearth has the name of this plugin.'), more: msg('Ask its author.') },
    'plugins.otherSigner': {
      text: msg('Another key signed this than the plugin that is installed.'),
      more: msg('It may not come from the same author. If you trust it, remove the installed one first.'),
    },
    'plugins.changed': {
      text: msg('This is not the file you looked at.'),
      more: msg('Nothing was installed. Choose it again.'),
    },
    'plugins.grantNeeded': { text: msg('It needs what you have not allowed: {sentences}') },
    'plugins.notAsked': { text: msg('The plugin does not ask for this.') },
    'plugins.tooMany': { text: msg('{limit} plugins are installed: no more fit.'), more: msg('Remove one first.') },
    'plugins.notRunning': { text: msg('The plugin does not run: {reason}.') },
    'plugins.ended': {
      text: msg('The plugin ended meanwhile.'),
      more: msg('It is started again; then try once more.'),
    },
    'plugins.failed': { text: msg('The plugin says: {reason}') },
    'plugins.oddAnswer': { text: msg('The plugin answered what it should not.'), more: msg('Tell its author.') },
    'plugins.cannotConfine': {
      text: msg('This machine cannot confine plugins: {reason}.'),
      more: msg('They are not run without.'),
    },
  };
}
