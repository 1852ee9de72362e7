import type { MachineBackend } from '../backend/machine-backend.ts';
import { buildDesign } from '../design/build-design.ts';
import type { Design } from '../design/design.ts';
import { type Dtype, dtypeInfo } from '../dtype/dtype.ts';
import { elementStore } from '../dtype/element-store.ts';
import type { OperatorKind } from '../dtype/operator.ts';
import { dot } from '../projection/geometry.ts';
import { PRESETS } from '../projection/space-time.ts';
import { traceCycleBytes } from '../sim/stores.ts';
import { bitsOf, type Tensor, tensor } from '../tensor/tensor.ts';
import { readBits } from './compare.ts';
import type { OperandPair } from './operator-pairs.ts';

/** The most pairs that a probe takes at once. */
export const PAIRS_PER_JOB = 1024;

/** An array of one PE that shows what a module of the user's own makes of its operands. */
export interface OperatorProbe {
  /** The array; its Verilog must be opened for tracing. */
  readonly design: Design;
  /** Run up to PAIRS_PER_JOB pairs, one in each cycle, and read the bits of the results. */
  run(rtl: MachineBackend, pairs: readonly OperandPair[], signal?: AbortSignal): Promise<bigint[]>;
}

/** Build the probe of a design's own multiplier or adder; the other operation is exact in it. */
export function operatorProbe(design: Design, kind: OperatorKind): OperatorProbe {
  return kind === 'multiplier' ? multiplierProbe(design) : adderProbe(design);
}

const OUTPUT_STATIONARY = { preset: 'output_stationary', matrix: PRESETS.output_stationary } as const;

/**
 * One sum of many products, each of which passes the product register. The sums would not do: they may be narrower than
 * a product, and in floating point 0 + −0 is 0.
 */
function multiplierProbe({ spec }: Design): OperatorProbe {
  const { name, types, wrap, operators } = spec;
  const design = buildDesign({
    name,
    size: [1, 1, PAIRS_PER_JOB],
    projection: OUTPUT_STATIONARY,
    types,
    wrap,
    multiplierStages: 1,
    operators: { ...operators, adder: null },
  });
  return {
    design,
    async run(rtl, pairs, signal) {
      const count = pairs.length;
      const a = matrixOf(types.a, [1, count], (n) => pairs[n]![0]);
      const b = matrixOf(types.b, [count, 1], (n) => pairs[n]![1]);
      const { registers } = await rtl.matmul({ a, b }, { trace: true, signal });
      const trace = Buffer.from(registers!.buffer, registers!.byteOffset, registers!.byteLength);
      return pairs.map((_, n) => productAt(design, trace, n));
    },
  };
}

/** Read the product register one cycle after its operands. */
function productAt(design: Design, trace: Buffer, pair: number): bigint {
  const { matrix, schedule, registers } = design;
  const cycle = dot(matrix[2], [1, 1, 1 + pair]) - schedule.originTime + 1;
  const plane = registers.findIndex(({ name }) => name === 'p_q');
  const before = registers.slice(0, plane).reduce((sum, { bytes }) => sum + bytes, 0);
  return readBits(trace, cycle * traceCycleBytes(design) + before, registers[plane]!.bytes);
}

/**
 * Many sums of one product by 1 each, which an element of C enters. The factor of integers is so wide that the product
 * can be anything that the adder takes.
 */
function adderProbe({ spec }: Design): OperatorProbe {
  const { name, operators } = spec;
  const { c } = spec.types;
  const { kind, widthBits } = dtypeInfo(c);
  const isFloat = kind === 'float';
  const types = isFloat ? { a: c, b: c, c } : ({ a: 'int64', b: 'int8', c } as const);
  const design = buildDesign({
    name,
    size: [1, 1, 1],
    projection: OUTPUT_STATIONARY,
    types,
    wrap: !isFloat,
    operators: { ...operators, multiplier: null },
  });
  const one = tensor(types.b, [1, 1]);
  elementStore(types.b).write(one.data, 0, 1);
  return {
    design,
    async run(rtl, pairs, signal) {
      const shape = [pairs.length, 1] as const;
      const job = {
        a: matrixOf(types.a, shape, (n) => pairs[n]![1]),
        b: one,
        c: matrixOf(c, shape, (n) => pairs[n]![0]),
      };
      const { result } = await rtl.matmul(job, { signal });
      return Array.from<number | bigint, bigint>(bitsOf(result.data), (bits) =>
        BigInt.asUintN(widthBits, BigInt(bits)),
      );
    },
  };
}

/** Make a matrix of elements that have the given bits. */
function matrixOf(type: Dtype, shape: readonly [number, number], bitsAt: (index: number) => bigint): Tensor {
  const matrix = tensor(type, shape);
  const elements = bitsOf(matrix.data);
  for (let n = 0; n < elements.length; n++) {
    if (elements instanceof BigInt64Array || elements instanceof BigUint64Array) elements[n] = bitsAt(n);
    else elements[n] = Number(bitsAt(n));
  }
  return matrix;
}
