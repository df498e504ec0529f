/**
 * Normal form: what a range means, apart from how it is written. Two ranges take in the same versions exactly when their
 * normal forms are equal. Intersection, satisfiability and comparison of ranges are read off it.
 */
import { type Cut, combine, complement, empty, from, isEmpty, type Line, sameLine, whole } from './line.ts';
import { anchor, and, anyVersion, ceiling, flavorRange, not, or, type Range } from './range.ts';
import { orderPoints, plainVersion, type Version, version } from './version.ts';

export interface NormalForm {
  /** Whether flavors that are not listed are in, wholly. */
  readonly others: boolean;
  readonly flavors: ReadonlyMap<string | null, Line>;
}

type Keep = (inA: boolean, inB: boolean) => boolean;
const both: Keep = (inA, inB) => inA && inB;
const either: Keep = (inA, inB) => inA || inB;

export function normalForm(range: Range): NormalForm {
  switch (range.kind) {
    case 'any':
      return form(true);
    case 'none':
      return form(false);
    case 'flavor':
      return form(false, range.flavor, whole);
    case 'anchor':
      return form(range.operator === '!=', range.version.flavor, anchorLine(range));
    case 'not': {
      const inner = normalForm(range.range);
      const flavors = [...inner.flavors].map(([flavor, line]) => [flavor, complement(line)] as const);
      return { others: !inner.others, flavors: new Map(flavors) };
    }
    case 'and':
    case 'or':
      return combineAll(range.ranges.map(normalForm), range.kind === 'and' ? both : either);
  }
}

function form(others: boolean, flavor?: string | null, line?: Line): NormalForm {
  return { others, flavors: new Map(flavor === undefined || line === undefined ? [] : [[flavor, line]]) };
}

function anchorLine({ operator, version: bound }: Extract<Range, { kind: 'anchor' }>): Line {
  const [before, after] = [from(bound, false), from(bound, true)];
  switch (operator) {
    case '>=':
      return before;
    case '>':
      return after;
    case '<':
      return complement(before);
    case '<=':
      return complement(after);
    case '=':
      return combine(before, complement(after), both);
    case '!=':
      return combine(complement(before), after, either);
    case '^':
    case '~':
      return combine(before, complement(from(ceiling(operator, bound), false)), both);
  }
}

/** Halves first: a long list costs n log n, not n squared. */
function combineAll(forms: readonly NormalForm[], keep: Keep): NormalForm {
  const [first, second] = forms;
  if (first === undefined) return form(keep === both);
  if (second === undefined) return first;
  if (forms.length === 2) return combineForms(first, second, keep);
  const middle = forms.length >> 1;
  return combineForms(combineAll(forms.slice(0, middle), keep), combineAll(forms.slice(middle), keep), keep);
}

function combineForms(a: NormalForm, b: NormalForm, keep: Keep): NormalForm {
  const others = keep(a.others, b.others);
  const flavors = new Map<string | null, Line>();
  for (const flavor of new Set([...a.flavors.keys(), ...b.flavors.keys()])) {
    const line = combine(lineOf(a, flavor), lineOf(b, flavor), keep);
    if (!sameLine(line, others ? whole : empty)) flavors.set(flavor, line);
  }
  return { others, flavors };
}

const lineOf = (normal: NormalForm, flavor: string | null): Line =>
  normal.flavors.get(flavor) ?? (normal.others ? whole : empty);

export function isSatisfiableForm(normal: NormalForm): boolean {
  return normal.others || [...normal.flavors.values()].some((line) => !isEmpty(line));
}

export function sameForm(a: NormalForm, b: NormalForm): boolean {
  if (a.others !== b.others) return false;
  return [...new Set([...a.flavors.keys(), ...b.flavors.keys()])].every((flavor) =>
    sameLine(lineOf(a, flavor), lineOf(b, flavor)),
  );
}

/** The one range that is written for this meaning: intervals in order, flavors by name, the unflavored last. */
export function toRange(normal: NormalForm): Range {
  if (normal.others) {
    const missing: NormalForm = {
      others: false,
      flavors: new Map([...normal.flavors].map(([flavor, line]) => [flavor, complement(line)])),
    };
    const range = toRange(missing);
    if (range.kind === 'none') return anyVersion;
    return range.kind === 'anchor' && range.operator === '=' ? anchor('!=', range.version) : not(range);
  }
  const flavors = [...normal.flavors].sort(([a], [b]) => orderFlavors(a, b));
  return or(...flavors.flatMap(([flavor, line]) => intervals(flavor, line)));
}

function orderFlavors(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a < b ? -1 : Number(a > b);
}

const first = plainVersion([0n], [0n]);

function intervals(flavor: string | null, line: Line): Range[] {
  const edges: (Cut | null)[] = line.start ? [null, ...line.cuts] : [...line.cuts];
  const ranges: Range[] = [];
  for (let at = 0; at < edges.length; at += 2) ranges.push(interval(flavor, edges[at] ?? null, edges[at + 1] ?? null));
  return ranges;
}

function interval(flavor: string | null, low: Cut | null, high: Cut | null): Range {
  const named = (at: Version): Version => version(at.upstream, at.downstream, flavor);
  if (low === null && high === null) {
    // `#` means "no flavor", so the empty flavor can only be told by a bound.
    return flavor === '' ? anchor('>=', version(first, first, '')) : flavorRange(flavor);
  }
  if (low !== null && high !== null && !low.after && high.after && orderPoints(low.at, high.at) === 0)
    return anchor('=', named(low.at));
  const bounds: Range[] = [];
  if (low !== null) bounds.push(anchor(low.after ? '>' : '>=', named(low.at)));
  if (high !== null) bounds.push(anchor(high.after ? '<=' : '<', named(high.at)));
  return and(...bounds);
}
