import type { Design } from '../design/design.ts';
import type { Arithmetic, NumberFormat, Value } from '../dtype/arithmetic.ts';
import { type Dtype, dtypeInfo } from '../dtype/dtype.ts';
import type { OperatorKind } from '../dtype/operator.ts';
import { arithmeticOf } from '../sim/formats.ts';
import { edgeValues, elementDraw } from './draw-element.ts';
import { type Random, randomStream } from './random.ts';

/** The bits of both operands as unsigned numbers, as wide as the ports of the operator. */
export type OperandPair = readonly [x: bigint, y: bigint];

export interface OperandPairs {
  readonly pairs: readonly OperandPair[];
  /** Whether these are all pairs that there are. */
  readonly exhaustive: boolean;
}

/** Operands of up to so many bits together are tried in every combination. */
const EXHAUSTIVE_BITS = 16;

/** How many pairs are tried of wider operands. */
const DRAWN_PAIRS = 2 ** 16;

/**
 * Choose the operands on which the halves of an operator are compared: all pairs of narrow ones that can be any; of
 * others every edge value with every edge value, then random ones. The second operand of an adder is a product that the
 * design's multiplier gives.
 * A pure function of design, kind and seed.
 */
export function operandPairs(design: Design, kind: OperatorKind, seed: number): OperandPairs {
  const [x, y] = operandsOf(design, kind);
  const isAny = kind === 'multiplier' || design.spec.operators.multiplier === null;
  if (isAny && x.widthBits + y.widthBits <= EXHAUSTIVE_BITS) {
    return { pairs: everyPair(x.widthBits, y.widthBits), exhaustive: true };
  }
  const random = randomStream(seed, kind);
  const pairs = x.edges.flatMap((p) => y.edges.map((q): OperandPair => [p, q]));
  while (pairs.length < DRAWN_PAIRS) {
    const q = y.draw(random);
    const p = kind === 'adder' && random.chance(1, 8) ? nearlyOpposite(random, q, design.lines.c) : x.draw(random);
    pairs.push([canonical(p, x), q]);
  }
  return { pairs, exhaustive: false };
}

function everyPair(xBits: number, yBits: number): OperandPair[] {
  return Array.from({ length: 2 ** (xBits + yBits) }, (_, n) => [BigInt(n >> yBits), BigInt(n & (2 ** yBits - 1))]);
}

/** An operand of an operator: its format, its edge values and random ones, all as bits. */
interface Operand extends NumberFormat {
  readonly edges: readonly bigint[];
  draw(random: Random): bigint;
}

function operandsOf(design: Design, kind: OperatorKind): readonly [Operand, Operand] {
  const arithmetic = arithmeticOf(design);
  const { types, operators } = design.spec;
  const a = elementOperand(types.a, arithmetic);
  const b = elementOperand(types.b, arithmetic);
  if (kind === 'multiplier') return [a, b];
  const { c } = design.lines;
  const product = (p: bigint, q: bigint): bigint => {
    const bits = arithmetic.toBits(arithmetic.multiply(arithmetic.fromBits(p, a), arithmetic.fromBits(q, b)), c);
    return operators.multiplier ? canonical(bits, c) : bits;
  };
  return [
    elementOperand(types.c, arithmetic),
    {
      ...dtypeInfo(types.c),
      edges: [...new Set(a.edges.flatMap((p) => b.edges.map((q) => product(p, q))))],
      draw: (random) => product(a.draw(random), b.draw(random)),
    },
  ];
}

function elementOperand(type: Dtype, { of, toBits }: Arithmetic<Value>): Operand {
  const info = dtypeInfo(type);
  const { widthBits, float } = info;
  const { any } = elementDraw(type);
  const values = float ? [...edgeValues(type), Infinity, -Infinity, Number.NaN] : edgeValues(type);
  const edges = values.map((value) => toBits(of(value), info));
  const anyBits = (random: Random) => toBits(of(any(random)), info);
  const draws = [
    anyBits,
    float ? anyBits : (random: Random) => drawShort(random, widthBits),
    (random: Random) => random.pick(edges),
  ];
  return { ...info, edges, draw: (random) => random.pick(draws)(random) };
}

/** Among all integers of a wide format there is hardly a small one; here every length is as likely as any other. */
function drawShort(random: Random, widthBits: number): bigint {
  const magnitude = random.bits(random.int(1, widthBits));
  return BigInt.asUintN(widthBits, random.chance(1, 2) ? magnitude : -magnitude);
}

/** Bits that differ from the opposite of a number in the lowest ones at most, so that most of the sum cancels. */
function nearlyOpposite(random: Random, bits: bigint, { widthBits, float }: NumberFormat): bigint {
  const low = random.bits(random.int(1, 4));
  if (float) return bits ^ (1n << BigInt(widthBits - 1)) ^ low;
  return BigInt.asUintN(widthBits, low - bits);
}

/** Jobs know only one NaN. */
function canonical(bits: bigint, { widthBits, float }: NumberFormat): bigint {
  if (!float) return bits;
  const infinity = ((1n << BigInt(float.exponentBits)) - 1n) << BigInt(float.fractionBits);
  const magnitude = BigInt.asUintN(widthBits - 1, bits);
  return magnitude > infinity ? infinity | (1n << BigInt(float.fractionBits - 1)) : bits;
}
