import {
  ALWAYS,
  type BitSelection,
  type CycleWindow,
  FAULT_KINDS,
  FAULT_NODES,
  type FaultKind,
  type FaultNode,
  type FaultSpec,
} from '../fault/fault.ts';
import { MAX_ENTRY } from '../projection/space-time.ts';
import { MAX_SIDE } from './array-spec.ts';
import { within } from './check-array.ts';
import { type Report, shorten } from './diagnostics.ts';
import { unknownWord } from './suggest.ts';
import type { BitsSyntax, FaultSyntax, WindowSyntax } from './syntax.ts';

/** No node of any array is wider than the product of two 64-bit operands. */
export const MAX_NODE_BITS = 128;

/** The last cycle and the last tile that a window can name: beyond it a double counts no longer exactly. */
export const MAX_COUNT = Number.MAX_SAFE_INTEGER;

/** No legal projection of the largest array reaches a PE further out. */
const MAX_COORDINATE = 3 * MAX_ENTRY * MAX_SIDE;

/** Check a fault as written; null when it has a mistake, all of which are reported. */
export function checkFault(fault: FaultSyntax, name: string | null, report: Report): FaultSpec | null {
  const kind = kindOf(fault, report);
  const bits = bitsOf(fault.bits, report);
  const value = bits === null || kind === null ? null : setValueOf(fault, kind, bits, report);
  const node = nodeOf(fault, report);
  const x = within(fault.pe.x, -MAX_COORDINATE, MAX_COORDINATE, 'the x of a PE', report);
  const y = within(fault.pe.y, -MAX_COORDINATE, MAX_COORDINATE, 'the y of a PE', report);
  const cycles = fault.window === null ? ALWAYS : windowOf(fault.window, report);
  const tile = fault.tile === null ? null : within(fault.tile, 0, MAX_COUNT, 'the tile of a fault', report);
  if (kind === null || bits === null || node === null || x === null || y === null || cycles === null) return null;
  if ((kind === 'set') !== (value !== null) || (fault.tile !== null && tile === null)) return null;
  return { name, kind, node, pe: { x, y }, bits, value, window: tile === null ? cycles : { ...cycles, tile } };
}

function kindOf({ kind, to }: FaultSyntax, report: Report): FaultKind | null {
  const known = FAULT_KINDS.find((candidate) => candidate === kind.image);
  if (known === undefined) {
    report(kind, unknownWord('fault kind', shorten(kind.image), FAULT_KINDS));
    return null;
  }
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
    const index = within(number, 0, MAX_NODE_BITS - 1, 'the bit index of a fault', report);
    return index === null ? null : { form, index, msb };
  }
  if (number.value > 0n && number.value >> BigInt(MAX_NODE_BITS) === 0n) return { form, mask: number.value, msb };
  const received = `received ${shorten(number.text)}`;
  report(
    number.token,
    number.value > 0n
      ? `the mask of a fault has at most ${MAX_NODE_BITS} bits, ${received}`
      : `the mask of a fault must have at least one bit set, ${received}`,
  );
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
  if (value >= 0n && (value & ~bits.mask) === 0n) return value;
  report(token, `the value of a fault must lie within its mask 0x${bits.mask.toString(16)}, received ${shorten(text)}`);
  return null;
}

function nodeOf({ node }: FaultSyntax, report: Report): FaultNode | null {
  const known = FAULT_NODES.find((candidate) => candidate === node.image);
  if (known === undefined) report(node, unknownWord('node', shorten(node.image), FAULT_NODES));
  return known ?? null;
}

function windowOf({ lower, upper }: WindowSyntax, report: Report): CycleWindow | null {
  const bounds = lower === upper ? [lower] : [lower, upper];
  const cycles = bounds.map((bound) => bound && within(bound.cycle, 0, MAX_COUNT, 'a cycle of a window', report));
  if (bounds.some((bound, index) => bound !== null && cycles[index] === null)) return null;
  const from = lower === null ? 0 : Number(lower.cycle.value) + (lower.included ? 0 : 1);
  const to = upper === null ? Number.POSITIVE_INFINITY : Number(upper.cycle.value) - (upper.included ? 0 : 1);
  if (from <= to && from <= MAX_COUNT) return { from, to, tile: null };
  const text = bounds.map((bound) => bound && bound.sign.image + bound.cycle.text).join('');
  report((lower ?? upper)!.sign, `a window must hold at least one cycle, received ${text}`);
  return null;
}
