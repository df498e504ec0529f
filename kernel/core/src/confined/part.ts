/** The room of the confined plugins as a part of the kernel. */
import { type AnyMethod, serviceRef } from '@hearth/contract';
import type { KernelPart } from '../parts.ts';
import { Confined, type ConfinedParts } from './confined.ts';
import { grantOf } from './grants.ts';
import { confinedMethods } from './methods.ts';
import { readPanelFile, type PanelFile } from './panel.ts';

/** What the dispatcher and the door ask of it. */
export interface ConfinedPlugins {
  /** A method some plugin adds: `garden-weather.forecast`. */
  method(name: string): AnyMethod | undefined;
  /** Of `/panel/<id>/<file>`; null for what is not there, or of a plugin that may show no page. */
  panelFile(id: string, file: string): Promise<PanelFile | null>;
}

export const confinedRef = serviceRef<ConfinedPlugins>('plugins');

export function createConfined(parts: ConfinedParts): KernelPart<ConfinedPlugins> {
  const confined = new Confined(parts);
  let undo: (() => void)[] = [];
  return {
    service: {
      method(name) {
        const [id = ''] = name.split('.');
        const row = confined.row(id);
        return row === undefined || grantOf(row, 'methods') === undefined
          ? undefined
          : confined.all.get(id)?.methods.get(name);
      },
      async panelFile(id, file) {
        const row = confined.row(id);
        const path = confined.all.get(id)?.panelFiles.get(file);
        if (row === undefined || path === undefined || !row.enabled || grantOf(row, 'panel') === undefined) return null;
        return readPanelFile(path, row.rootSighash);
      },
    },
    methods: confinedMethods(() => confined, parts.places.staging),
    start: () => confined.start(),
    ready() {
      undo = confined.ready();
      return Promise.resolve();
    },
    async stop() {
      for (const each of undo) each();
      await confined.stop();
    },
  };
}
