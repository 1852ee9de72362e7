import fc from 'fast-check';
import { buildDesign } from '../../../src/design/build-design.ts';
import type { Design } from '../../../src/design/design.ts';
import { dtypeInfo } from '../../../src/dtype/dtype.ts';
import { determinant, type Matrix3, PRESETS } from '../../../src/projection/space-time.ts';
import type { ArraySpec } from '../../../src/spec/array-spec.ts';
import { completeSpec } from '../../../src/spec/complete-spec.ts';
import { isNarrow } from '../../../src/spec/type-rules.ts';

/** The presets, and legal matrices with long and diagonal flows, slow links and more than one phase. */
export const MATRICES: Readonly<Record<string, Matrix3>> = {
  ...PRESETS,
  'long flow of b': [
    [2, 0, 0],
    [0, 1, 0],
    [1, 1, 1],
  ],
  'diagonal flow of c': [
    [1, 0, 1],
    [0, 1, -1],
    [1, 1, 1],
  ],
  'links of one to three registers': [
    [1, 0, 0],
    [0, 1, 0],
    [2, 1, 3],
  ],
  'slow stationary a': [
    [1, 0, 0],
    [0, 0, 1],
    [1, 2, 1],
  ],
  'long flow of c beside slow links': [
    [1, 0, 2],
    [0, 1, 0],
    [1, 1, 3],
  ],
  'hexagonal with four phases': [
    [-1, 1, 0],
    [0, -1, 1],
    [1, 2, 1],
  ],
  'scattered PEs': [
    [5, -1, 0],
    [0, 1, -3],
    [1, 1, 1],
  ],
};

/** Make a spec: a 3 × 2 × 4 output-stationary array of int8 with four fault slots, but for what is given; narrow sums wrap. */
export function specOf(given: Partial<Omit<ArraySpec, 'projection'>> & { readonly matrix?: Matrix3 } = {}): ArraySpec {
  const { matrix = PRESETS.output_stationary, types = { a: 'int8', b: 'int8', c: 'int32' }, ...rest } = given;
  return completeSpec({
    name: 'sample',
    size: [3, 2, 4],
    projection: { preset: null, matrix },
    types,
    wrap: dtypeInfo(types.c).kind === 'integer' && isNarrow(types),
    faultSlots: 4,
    ...rest,
  });
}

/** Build the design of `specOf`. */
export function designOf(given: Parameters<typeof specOf>[0] = {}): Design {
  return buildDesign(specOf(given));
}

const row = (min: number, max: number) => {
  const entry = fc.integer({ min, max }).map((value) => value + 0);
  return fc.tuple(entry, entry, entry);
};

/** Legal projection matrices with small entries. */
export const legalMatrices: fc.Arbitrary<Matrix3> = fc
  .tuple(row(-2, 2), row(-2, 2), row(1, 3))
  .filter((matrix) => determinant(matrix) !== 0);

const side = fc.integer({ min: 1, max: 4 });

/** Sizes of a few points a side. */
export const boxes = fc.tuple(side, side, side);

const types: ArraySpec['types'][] = [
  { a: 'int8', b: 'int8', c: 'int32' },
  { a: 'uint8', b: 'int8', c: 'int32' },
  { a: 'int16', b: 'int16', c: 'int64' },
  { a: 'uint16', b: 'uint8', c: 'int16' },
  { a: 'int32', b: 'int32', c: 'int32' },
  { a: 'int64', b: 'uint8', c: 'int16' },
  { a: 'uint16', b: 'int64', c: 'uint16' },
  { a: 'float32', b: 'float32', c: 'float32' },
  { a: 'float64', b: 'float64', c: 'float64' },
  { a: 'bfloat16', b: 'bfloat16', c: 'float32' },
  { a: 'float16', b: 'float16', c: 'float16' },
];

/** Specs with any small legal matrix and size, and some registers in the multiplier. */
export const specs: fc.Arbitrary<ArraySpec> = fc
  .record({ matrix: legalMatrices, size: boxes, types: fc.constantFrom(...types), multiplierStages: fc.nat(3) })
  .map(specOf);

/** Check a claim on the designs of random specs; a counterexample is shown as its spec. */
export function everyDesign(claim: (design: Design) => void, numRuns = 100): void {
  fc.assert(
    fc.property(specs, (spec) => claim(buildDesign(spec))),
    { numRuns },
  );
}
