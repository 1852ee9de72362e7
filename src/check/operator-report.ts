import type { Design } from '../design/design.ts';
import type { NumberFormat } from '../dtype/arithmetic.ts';
import { bitsText } from '../dtype/element-text.ts';
import type { OperatorKind } from '../dtype/operator.ts';
import { grouped } from '../number-text.ts';
import type { OperandPair } from './operator-pairs.ts';

/** How the two halves of an own operator compare. */
export interface OperatorReport {
  readonly kind: OperatorKind;
  /** Name of the Verilog module. */
  readonly name: string;
  /** Pairs of operands that both halves were given. */
  readonly pairs: number;
  /** Whether these are all pairs that there are. */
  readonly exhaustive: boolean;
  /** Null when both gave the same bits for every pair. */
  readonly mismatch: OperatorMismatch | null;
}

/** Where the Verilog and the function of an operator differ. */
export interface OperatorMismatch {
  /** How many pairs gave different results. */
  readonly differing: number;
  /** Of the first such pair the operands: a and b of a multiplier, x and y of an adder. */
  readonly operands: readonly (OperatorValue & { readonly name: string })[];
  readonly verilog: OperatorValue;
  readonly function: OperatorValue;
}

/** A number at a port of an operator. */
export interface OperatorValue {
  /** The number in decimal digits, or `-0`, `Infinity`, `-Infinity` or `NaN`. */
  readonly value: string;
  /** Its bits in hexadecimal digits, such as `0x7f`. */
  readonly bits: string;
}

/** A pair for which the halves differ, and the bits that each gave. */
export interface Disagreement {
  readonly pair: OperandPair;
  readonly verilog: bigint;
  readonly function: bigint;
}

/** The formats of an operator's operands, with their names, and of its result. */
export interface OperatorFormats {
  readonly operands: readonly [NamedFormat, NamedFormat];
  readonly result: NumberFormat;
}

type NamedFormat = readonly [name: string, format: NumberFormat];

/** Name the operands of a design's operator and tell how their bits are read. */
export function operatorFormats({ lines, product }: Design, kind: OperatorKind): OperatorFormats {
  const { a, b, c } = lines;
  if (kind === 'multiplier')
    return {
      operands: [
        ['a', a],
        ['b', b],
      ],
      result: product,
    };
  return {
    operands: [
      ['x', c],
      ['y', c],
    ],
    result: c,
  };
}

/** Make bits readable as the numbers that they are. */
export function operatorMismatch(
  { operands, result }: OperatorFormats,
  first: Disagreement,
  differing: number,
): OperatorMismatch {
  return {
    differing,
    operands: operands.map(([name, format], n) => ({ name, ...showBits(first.pair[n]!, format) })),
    verilog: showBits(first.verilog, result),
    function: showBits(first.function, result),
  };
}

/** Say in words how the halves of an operator compare, a line per fact. */
export function describeOperatorReport({ kind, name, pairs, exhaustive, mismatch }: OperatorReport): string[] {
  const tried = `${grouped(pairs)} pairs of operands`;
  if (mismatch === null) {
    return [`${kind} ${name}: Verilog and function agree for ${exhaustive ? 'all ' : ''}${tried}`];
  }
  const { differing, operands, verilog, function: computed } = mismatch;
  return [
    `${kind} ${name}: Verilog and function differ for ${grouped(differing)} of ${tried}; the first:`,
    `  ${operands.map((operand) => `${operand.name} = ${describeValue(operand)}`).join(', ')}`,
    `  the Verilog gives ${describeValue(verilog)}`,
    `  the function gives ${describeValue(computed)}`,
  ];
}

function showBits(bits: bigint, format: NumberFormat): OperatorValue {
  const digits = bits.toString(16).padStart(Math.ceil(format.widthBits / 4), '0');
  return { value: bitsText(bits, format), bits: `0x${digits}` };
}

function describeValue({ value, bits }: OperatorValue): string {
  return `${value} (${bits})`;
}
