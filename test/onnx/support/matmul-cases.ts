import fc from 'fast-check';
import { flat, indices } from './direct-conv.ts';

/** The shapes of two tensors that can be multiplied. */
export interface FactorShapes {
  readonly left: readonly number[];
  readonly right: readonly number[];
}

/** Random factors of 1 to 4 axes whose leading axes broadcast in all ways. */
export function factorShapes(longest = 4): fc.Arbitrary<FactorShapes> {
  const side = fc.integer({ min: 1, max: longest });
  const matrix = fc.record({ m: side, k: side, n: side, leftVector: chance(8), rightVector: chance(8) });
  const factor = fc.record({ axes: fc.integer({ min: 0, max: 2 }), ones: fc.array(fc.boolean(), exactly(2)) });
  return fc
    .record({ matrix, batch: fc.array(fc.integer({ min: 1, max: 3 }), exactly(2)), left: factor, right: factor })
    .map(({ matrix: { m, k, n, leftVector, rightVector }, batch, left, right }) => {
      const leading = ({ axes, ones }: typeof left) =>
        batch.map((length, axis) => (ones[axis] ? 1 : length)).slice(batch.length - axes);
      return {
        left: leftVector ? [k] : [...leading(left), m, k],
        right: rightVector ? [k] : [...leading(right), k, n],
      };
    });
}

/** One output of a product of tensors. */
export interface MatmulOutput {
  /** Its row within its matrix, and which of all rows of the left factor it comes from. */
  readonly m: number;
  readonly row: number;
  /** Its column within its matrix, and which of all columns of the right factor's matrices it comes from. */
  readonly n: number;
  readonly column: number;
  /** Offsets into both factors, in the order of K. */
  readonly terms: readonly { readonly left: number; readonly right: number }[];
}

/** Go through the outputs of numpy.matmul, row-major, by its definition. */
export function* matmulOutputs({ left, right }: FactorShapes): Generator<MatmulOutput> {
  const [a, b] = [left.length === 1 ? [1, ...left] : left, right.length === 1 ? [...right, 1] : right];
  const rank = Math.max(a.length, b.length);
  const [wideA, wideB] = [a, b].map((shape) => [...Array<number>(rank - shape.length).fill(1), ...shape]) as [
    number[],
    number[],
  ];
  const batch = wideA.slice(0, -2).map((length, axis) => (length === 1 ? wideB[axis]! : length));
  const [rows, inner, columns] = [a.at(-2)!, a.at(-1)!, b.at(-1)!];
  const offset = (shape: readonly number[], place: readonly number[]) =>
    flat(
      place.map((index, axis) => (shape[axis] === 1 ? 0 : index)),
      shape,
    );
  for (const place of indices([...batch, rows, columns])) {
    const lead = place.slice(0, -2);
    const [m, n] = place.slice(-2) as [number, number];
    yield {
      m,
      row: offset([...wideA.slice(0, -1), 1], [...lead, m, 0]),
      n,
      column: offset([...wideB.slice(0, -2), 1, columns], [...lead, 0, n]),
      terms: Array.from({ length: inner }, (_, k) => ({
        left: offset(wideA, [...lead, m, k]),
        right: offset(wideB, [...lead, k, n]),
      })),
    };
  }
}

/** The shape of the result: the leading axes broadcast, and those of the matrices that the factors have. */
export function productShape({ left, right }: FactorShapes): number[] {
  const [a, b] = [left.slice(0, -2), right.slice(0, -2)];
  const batch = Array.from({ length: Math.max(a.length, b.length) }, (_, back) =>
    Math.max(a.at(-1 - back) ?? 1, b.at(-1 - back) ?? 1),
  ).reverse();
  return [...batch, ...left.slice(0, -1).slice(-1), ...(right.length === 1 ? [] : right.slice(-1))];
}

export function exactly(length: number) {
  return { minLength: length, maxLength: length };
}

/** True one time in so many. */
function chance(times: number): fc.Arbitrary<boolean> {
  return fc.integer({ min: 1, max: times }).map((draw) => draw === 1);
}
