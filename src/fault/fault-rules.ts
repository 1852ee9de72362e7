import { formatWindow } from '../spec/format.ts';
import { unknownWord } from '../spec/suggest.ts';
import { hex, type IntegerRule, integerProblem, shorten, show } from '../spec/wording.ts';
import { type BitSelection, type CycleWindow, FAULT_KINDS, FAULT_NODES, type FaultSpec } from './fault.ts';

// The rules that hold for faults of any array and their sentences, for faults read from text and for those that a
// program makes.

/** No node of any array is wider than the product of two 64-bit operands. */
export const MAX_NODE_BITS = 128;

/** The last cycle and the last tile that a window can name: beyond it a double counts no longer exactly. */
export const MAX_COUNT = Number.MAX_SAFE_INTEGER;

export const BIT_INDEX: IntegerRule = { thing: 'the bit index of a fault', least: 0, most: MAX_NODE_BITS - 1 };
export const CYCLE: IntegerRule = { thing: 'a cycle of a window', least: 0, most: MAX_COUNT };
export const TILE: IntegerRule = { thing: 'the tile of a fault', least: 0, most: MAX_COUNT };

/** List everything about a fault that no array could have. */
export function faultProblems(fault: FaultSpec): string[] {
  const { kind, node, bits, window } = fault;
  const ofBits = bitsProblems(bits);
  return [
    kindProblem(kind),
    ...ofBits,
    kindProblem(kind) === null ? valueProblem(fault, ofBits.length === 0) : null,
    nodeProblem(node),
    ...windowProblems(window),
  ].filter((problem) => problem !== null);
}

export function kindProblem(kind: string): string | null {
  return isOneOf(FAULT_KINDS, kind) ? null : unknownWord('fault kind', shorten(String(kind)), FAULT_KINDS);
}

export function nodeProblem(node: string): string | null {
  return isOneOf(FAULT_NODES, node) ? null : unknownWord('node', shorten(String(node)), FAULT_NODES);
}

/** `received` is how the mask was written. */
export function maskProblem(mask: bigint, received = hex(mask)): string | null {
  if (mask <= 0n) return `the mask of a fault must have at least one bit set, received ${shorten(received)}`;
  if (mask >> BigInt(MAX_NODE_BITS) === 0n) return null;
  return `the mask of a fault has at most ${MAX_NODE_BITS} bits, received ${shorten(received)}`;
}

/** `received` is how the value was written. */
export function setValueProblem(value: bigint, mask: bigint, received = hex(value)): string | null {
  if (value >= 0n && (value & ~mask) === 0n) return null;
  return `the value of a fault must lie within its mask ${hex(mask)}, received ${shorten(received)}`;
}

/** `received` is how the window was written. */
export function emptyWindowProblem({ from, to }: Omit<CycleWindow, 'tile'>, received: string): string | null {
  return from <= to && from <= MAX_COUNT ? null : `a window must hold at least one cycle, received ${received}`;
}

/** The bits of a selection as a mask, in the order in which it counts them. */
export function selectedBits(bits: BitSelection): bigint {
  return bits.form === 'index' ? 1n << BigInt(bits.index) : bits.mask;
}

function bitsProblems(bits: BitSelection): (string | null)[] {
  const ofOrder = isOneOf(['first', 'last'], bits.msb)
    ? []
    : [`the msb of a fault must be "first" or "last", received ${show(bits.msb)}`];
  const { form } = bits;
  if (form === 'index') return [...ofOrder, ...some(integerProblem(BIT_INDEX, bits.index))];
  if (form !== 'mask') return [...ofOrder, `the bits of a fault are an "index" or a "mask", received ${show(form)}`];
  return [...ofOrder, ...some(typeof bits.mask === 'bigint' ? maskProblem(bits.mask) : noBigint('mask', bits.mask))];
}

function valueProblem({ kind, value, bits }: FaultSpec, bitsAreRight: boolean): string | null {
  if (kind !== 'set') {
    return value === null ? null : `only a fault of kind set takes a value, received kind ${kind} with ${show(value)}`;
  }
  if (value === null) return 'a fault of kind set needs a value for its bits, received none';
  if (typeof value !== 'bigint') return noBigint('value', value);
  return bitsAreRight ? setValueProblem(value, selectedBits(bits)) : null;
}

function windowProblems(window: CycleWindow): string[] {
  const { from, to, tile } = window;
  const problems = [
    ...some(integerProblem(CYCLE, from)),
    ...some(to === Number.POSITIVE_INFINITY ? null : integerProblem(CYCLE, to)),
  ];
  if (problems.length === 0) problems.push(...some(emptyWindowProblem(window, formatWindow(window))));
  return [...problems, ...some(tile === null ? null : integerProblem(TILE, tile))];
}

function noBigint(thing: 'mask' | 'value', received: unknown): string {
  return `the ${thing} of a fault must be a bigint, received ${show(received)}`;
}

function isOneOf(known: readonly string[], word: string): boolean {
  return known.includes(word);
}

function some(problem: string | null): string[] {
  return problem === null ? [] : [problem];
}
