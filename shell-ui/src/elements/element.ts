/** What every element and view of Hearth starts from. */
import { updateWhenLocaleChanges } from '@lit/localize';
import { LitElement } from 'lit';

export abstract class HearthElement extends LitElement {
  constructor() {
    super();
    updateWhenLocaleChanges(this);
  }

  /** Tells the parent; crosses shadow roots. */
  protected tell<T>(type: string, detail?: T): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

/** Defines once: a bundle may be loaded twice by a reload in development. */
export function define(name: `hearth-${string}`, element: CustomElementConstructor): void {
  if (customElements.get(name) === undefined) customElements.define(name, element);
}
