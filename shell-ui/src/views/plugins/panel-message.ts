/** What the page of a plugin may say to the page around it. Pure. */

export type PanelMessage =
  | { readonly id: number; readonly call: string; readonly input: object }
  | { readonly height: number };

const methodName = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const longestInput = 256 * 1024;

/** Null for what is no message. */
export function readPanelMessage(data: unknown): PanelMessage | null {
  if (typeof data !== 'object' || data === null) return null;
  const { height, id, call, input } = data as Record<string, unknown>;
  if (typeof height === 'number' && Number.isFinite(height)) return { height };
  if (typeof id !== 'number' || !Number.isSafeInteger(id)) return null;
  if (typeof call !== 'string' || call.length > 40 || !methodName.test(call)) return null;
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return null;
  try {
    // As it will go over the wire: nothing but plain data.
    const text = JSON.stringify(input);
    return text.length > longestInput ? null : { id, call, input: JSON.parse(text) as object };
  } catch {
    return null;
  }
}
