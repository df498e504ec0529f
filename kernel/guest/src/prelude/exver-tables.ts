/**
 * Truth tables of a range, in the form the SDK's own range class computes with: per flavor the points where the answer
 * changes, and the answers between them.
 */
import { compareVersions, normalise, type Range, type Version } from '@hearth/exver';

export interface Halves {
  readonly upstream: unknown;
  readonly downstream: unknown;
}
export interface Point extends Halves {
  /** -1: just before this version; 1: just after it. */
  readonly side: -1 | 1;
}
export type FlavorKey =
  | { readonly type: 'Flavor'; readonly flavor: string | null }
  | { readonly type: 'FlavorNot'; readonly flavors: Set<string | null> };
interface Table {
  readonly points: Point[];
  readonly values: boolean[];
}
export type Tables = boolean | Map<FlavorKey, Table>;

interface Edge {
  readonly version: Version;
  readonly side: -1 | 1;
}

export function rangeTables(range: Range, halvesOf: (version: Version) => Halves): Tables {
  const plain = normalise(range);
  if (plain.kind === 'any') return true;
  if (plain.kind === 'none') return false;
  const edges = edgesOf(plain);
  const flavors = new Set<string | null>([...flavorsOf(plain), ...edges.map((edge) => edge.version.flavor)]);
  const tables = new Map<FlavorKey, Table>();
  for (const flavor of flavors) {
    const own = sorted(edges.filter((edge) => edge.version.flavor === flavor));
    const values = [holds(plain, flavor, own, -1), ...own.map((_, at) => holds(plain, flavor, own, at))];
    const points = own.map(({ version, side }) => ({ ...halvesOf(version), side }));
    tables.set({ type: 'Flavor', flavor }, { points, values });
  }
  tables.set({ type: 'FlavorNot', flavors }, { points: [], values: [holds(plain, undefined, [], -1)] });
  return tables;
}

/** Whether the range holds just after the edge `at` (-1: before all), and before the next, in this flavor. */
function holds(range: Range, flavor: string | null | undefined, edges: readonly Edge[], at: number): boolean {
  switch (range.kind) {
    case 'any':
      return true;
    case 'none':
      return false;
    case 'flavor':
      return range.flavor === flavor;
    case 'not':
      return !holds(range.range, flavor, edges, at);
    case 'and':
      return range.ranges.every((part) => holds(part, flavor, edges, at));
    case 'or':
      return range.ranges.some((part) => holds(part, flavor, edges, at));
    case 'anchor': {
      if (range.version.flavor !== flavor) return range.operator === '!=';
      const beyond = (side: -1 | 1): boolean =>
        edges.findIndex((edge) => edge.side === side && compareVersions(edge.version, range.version) === 'equal') <= at;
      const [fromIt, afterIt] = [beyond(-1), beyond(1)];
      const answers = {
        '=': fromIt && !afterIt,
        '!=': !fromIt || afterIt,
        '<': !fromIt,
        '<=': !afterIt,
        '>': afterIt,
        '>=': fromIt,
        '^': fromIt,
        '~': fromIt,
      };
      return answers[range.operator];
    }
  }
}

/** Both sides of every version the range names; in normal form no `^` or `~` is left. */
function edgesOf(range: Range): Edge[] {
  if (range.kind === 'anchor') {
    return [
      { version: range.version, side: -1 },
      { version: range.version, side: 1 },
    ];
  }
  if (range.kind === 'not') return edgesOf(range.range);
  return range.kind === 'and' || range.kind === 'or' ? range.ranges.flatMap(edgesOf) : [];
}

function flavorsOf(range: Range): (string | null)[] {
  if (range.kind === 'flavor') return [range.flavor];
  if (range.kind === 'not') return flavorsOf(range.range);
  return range.kind === 'and' || range.kind === 'or' ? range.ranges.flatMap(flavorsOf) : [];
}

function sorted(edges: readonly Edge[]): Edge[] {
  const order = { less: -1, equal: 0, greater: 1 };
  const inOrder = [...edges].sort((a, b) => order[compareVersions(a.version, b.version) ?? 'equal'] || a.side - b.side);
  return inOrder.filter((edge, at) => {
    const before = inOrder[at - 1];
    return before?.side !== edge.side || compareVersions(before.version, edge.version) !== 'equal';
  });
}
