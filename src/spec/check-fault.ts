import {
  ALWAYS,
  type BitSelection,
  type CycleWindow,
  type FaultKind,
  type FaultNode,
  type FaultSpec,
} from '../fault/fault.ts';
import {
  BIT_INDEX,
  CYCLE,
  emptyWindowProblem,
  kindProblem,
  maskProblem,
  nodeProblem,
  setValueProblem,
  TILE,
} from '../fault/fault-rules.ts';
import { MAX_ENTRY } from '../projection/space-time.ts';
import { MAX_SIDE } from './array-spec.ts';
import { type Report, within } from './diagnostics.ts';
import type { BitsSyntax, FaultSyntax, WindowSyntax } from './syntax.ts';
import { type IntegerRule, shorten } from './wording.ts';

/** No legal projection of the largest array reaches a PE further out. */
const MAX_COORDINATE = 3 * MAX_ENTRY * MAX_SIDE;

export const X: IntegerRule = { thing: 'the x of a PE', least: -MAX_COORDINATE, most: MAX_COORDINATE };
export const Y: IntegerRule = { ...X, thing: 'the y of a PE' };

/** Check a fault as written; null when it has a mistake, all of which are reported. */
export function checkFault(fault: FaultSyntax, name: string | null, report: Report): FaultSpec | null {
  const kind = kindOf(fault, report);
  const bits = bitsOf(fault.bits, report);
  const value = bits === null || kind === null ? null : setValueOf(fault, kind, bits, report);
  const node = nodeOf(fault, report);
  const x = within(fault.pe.x, X, report);
  const y = within(fault.pe.y, Y, report);
  const cycles = fault.window === null ? ALWAYS : windowOf(fault.window, report);
  const tile = fault.tile === null ? null : within(fault.tile, TILE, report);
  if (kind === null || bits === null || node === null || x === null || y === null || cycles === null) return null;
  if ((kind === 'set') !== (value !== null) || (fault.tile !== null && tile === null)) return null;
  return { name, kind, node, pe: { x, y }, bits, value, window: tile === null ? cycles : { ...cycles, tile } };
}

function kindOf({ kind, to }: FaultSyntax, report: Report): FaultKind | null {
  const problem = kindProblem(kind.image);
  if (problem !== null) {
    report(kind, problem);
    return null;
  }
  const known = kind.image as FaultKind;
  if (known === 'set' && to === null) {
    report(kind, 'a fault of kind set needs "to" and a value behind its bits, found none');
    return null;
  }
  if (known !== 'set' && to !== null) {
    report(to.token, `only a fault of kind set takes "to" and a value, received kind ${known}`);
    return null;
  }
  return known;
}

function bitsOf({ form, number, msb }: BitsSyntax, report: Report): BitSelection | null {
  if (form === 'index') {
    const index = within(number, BIT_INDEX, report);
    return index === null ? null : { form, index, msb };
  }
  const problem = maskProblem(number.value, number.text);
  if (problem === null) return { form, mask: number.value, msb };
  report(number.token, problem);
  return null;
}

/** The value in the bit order of the mask: a single bit's 0 or 1 moves to its place. */
function setValueOf({ to }: FaultSyntax, kind: FaultKind, bits: BitSelection, report: Report): bigint | null {
  if (kind !== 'set' || to === null) return null;
  const { token, text, value } = to.value;
  if (bits.form === 'index') {
    if (value === 0n || value === 1n) return value << BigInt(bits.index);
    report(token, `the value of a single bit must be 0 or 1, received ${shorten(text)}`);
    return null;
  }
  const problem = setValueProblem(value, bits.mask, text);
  if (problem === null) return value;
  report(token, problem);
  return null;
}

function nodeOf({ node }: FaultSyntax, report: Report): FaultNode | null {
  const problem = nodeProblem(node.image);
  if (problem === null) return node.image as FaultNode;
  report(node, problem);
  return null;
}

function windowOf({ lower, upper }: WindowSyntax, report: Report): CycleWindow | null {
  const bounds = lower === upper ? [lower] : [lower, upper];
  const cycles = bounds.map((bound) => bound && within(bound.cycle, CYCLE, report));
  if (bounds.some((bound, index) => bound !== null && cycles[index] === null)) return null;
  const from = lower === null ? 0 : Number(lower.cycle.value) + (lower.included ? 0 : 1);
  const to = upper === null ? Number.POSITIVE_INFINITY : Number(upper.cycle.value) - (upper.included ? 0 : 1);
  const text = bounds.map((bound) => bound && bound.sign.image + bound.cycle.text).join('');
  const problem = emptyWindowProblem({ from, to }, text);
  if (problem === null) return { from, to, tile: null };
  report((lower ?? upper)!.sign, problem);
  return null;
}
