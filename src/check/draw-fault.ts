import type { Design } from '../design/design.ts';
import { floatBits } from '../dtype/float-bits.ts';
import { type FloatFormat, smallestSubnormal } from '../dtype/float-format.ts';
import { type BitSelection, type CycleWindow, FAULT_KINDS, type FaultSpec } from '../fault/fault.ts';
import type { JobPlan } from '../schedule/plan.ts';
import { formatOfNode } from '../sim/formats.ts';
import type { Random } from './random.ts';

/** The shapes of window that trials draw. */
export const WINDOW_FORMS = ['always', 'one cycle', 'from', 'until', 'range', 'tile'] as const;

export type WindowForm = (typeof WINDOW_FORMS)[number];

/** Tell the form of a window. */
export function windowForm({ from, to, tile }: CycleWindow): WindowForm {
  if (tile !== null) return 'tile';
  if (from === to) return 'one cycle';
  if (to === Number.POSITIVE_INFINITY) return from === 0 ? 'always' : 'from';
  return from === 0 ? 'until' : 'range';
}

/**
 * Draw a fault that the design has: any node, PE, kind and bits, in a window of the planned job. Some sit where the
 * fault `before` does, so that the order in which they act shows.
 */
export function drawFault(random: Random, design: Design, plan: JobPlan, before: FaultSpec | null = null): FaultSpec {
  const { node, widthBits, pe } = before && random.chance(1, 3) ? siteOf(design, before) : drawSite(random, design);
  const kind = random.pick(FAULT_KINDS);
  const { float } = formatOfNode(design, node);
  const bits = float && random.chance(1, 3) ? drawFields(random, float) : drawBits(random, widthBits);
  const drawn = float && random.chance(1, 2) ? random.pick(tellingNumbers(float)) : random.bits(widthBits);
  const value = kind === 'set' ? drawn & maskOf(bits) : null;
  return { name: null, kind, node, pe, bits, value, window: drawWindow(random, design, plan) };
}

interface Site extends Pick<FaultSpec, 'node' | 'pe'> {
  readonly widthBits: number;
}

function siteOf({ faultSites }: Design, { node, pe }: FaultSpec): Site {
  return { node, pe, widthBits: faultSites.find((site) => site.node === node)!.widthBits };
}

/** The first and the last PE come up more often than chance has it: they carry the edge feeds and the exits. */
function drawSite(random: Random, { faultSites, pes }: Design): Site {
  const { node, widthBits } = random.pick(faultSites);
  const { x, y } = random.chance(1, 4) ? random.pick([pes[0]!, pes.at(-1)!]) : random.pick(pes);
  return { node, pe: { x, y }, widthBits };
}

function drawBits(random: Random, widthBits: number): BitSelection {
  const msb = random.pick(['first', 'last'] as const);
  if (random.chance(1, 2)) return { form: 'index', index: random.int(0, widthBits - 1), msb };
  const all = (1n << BigInt(widthBits)) - 1n;
  const mask = random.chance(1, 4) ? all : random.bits(widthBits);
  return { form: 'mask', mask: mask === 0n ? 1n : mask, msb };
}

/** Draw whole fields of a number: what they make of others are zeros of both signs, infinities and NaNs. */
function drawFields(random: Random, { exponentBits, fractionBits }: FloatFormat): BitSelection {
  const field = (width: number, shift: number) => ((1n << BigInt(width)) - 1n) << BigInt(shift);
  const sign = field(1, exponentBits + fractionBits);
  const exponent = field(exponentBits, fractionBits);
  const fraction = field(fractionBits, 0);
  const mask = random.pick([sign, exponent, fraction, exponent | fraction, sign | exponent | fraction]);
  return { form: 'mask', mask, msb: 'last' };
}

/** The bits of the numbers that arithmetic treats in a way of their own. */
function tellingNumbers(format: FloatFormat): readonly bigint[] {
  const { toBits } = floatBits(format);
  return [0, -0, 1, -1, Infinity, -Infinity, Number.NaN, smallestSubnormal(format)].map(toBits);
}

/** The bits of a selection in the order in which it was written. */
function maskOf(bits: BitSelection): bigint {
  return bits.form === 'index' ? 1n << BigInt(bits.index) : bits.mask;
}

/** How far a window that names a tile may reach past the tile's end, where it is cut off. */
const PAST_TILE_CYCLES = 2;

function drawWindow(random: Random, { schedule }: Design, plan: JobPlan): CycleWindow {
  const form = random.pick(WINDOW_FORMS);
  if (form === 'tile') {
    const tile = random.int(0, plan.tiles.length - 1);
    const inner = random.pick(WINDOW_FORMS);
    const { spanCycles } = schedule;
    return { ...spread(random, inner, spanCycles, spanCycles + PAST_TILE_CYCLES), tile };
  }
  return { ...spread(random, form, plan.cycles, plan.cycles), tile: null };
}

/** Draw a window that begins in one of the first `starts` cycles and, where it has an end, ends among `ends`. */
function spread(
  random: Random,
  form: WindowForm,
  starts: number,
  ends: number,
): { readonly from: number; readonly to: number } {
  const first = random.int(0, starts - 1);
  const last = random.int(first, ends - 1);
  switch (form) {
    case 'one cycle':
      return { from: first, to: first };
    case 'from':
      return { from: first, to: Number.POSITIVE_INFINITY };
    case 'until':
      return { from: 0, to: last };
    case 'range':
      return { from: first, to: last };
    default:
      return { from: 0, to: Number.POSITIVE_INFINITY };
  }
}
