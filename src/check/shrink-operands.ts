import type { Design } from '../design/design.ts';
import { elementStore } from '../dtype/element-store.ts';
import { planJob } from '../schedule/plan.ts';
import { allocate, bitsOf, type ElementType, type Tensor, tensor } from '../tensor/tensor.ts';
import { type CheckCase, sizeOf } from './check-case.ts';

type Size = ReturnType<typeof sizeOf>;

const ORIGIN: Size = { m: 0, k: 0, n: 0 };

/** Offer a case with smaller M, K or N: each down to 1, by half, and by one, cut off at the end or at the start. */
export function* smallerSizes(design: Design, checkCase: CheckCase): Generator<CheckCase> {
  const size = sizeOf(checkCase);
  for (const side of ['m', 'k', 'n'] as const) {
    const now = size[side];
    for (const smaller of new Set([1, now >> 1, now - 1])) {
      if (smaller < 1 || smaller >= now) continue;
      const smallerSize = { ...size, [side]: smaller };
      yield crop(design, checkCase, ORIGIN, smallerSize);
      yield crop(design, checkCase, { ...ORIGIN, [side]: now - smaller }, smallerSize);
    }
  }
}

/** Offer a case with more zeros: a whole operand at once, then ever shorter stretches; and 1 for what must stay. */
export function* smallerOperands(_: Design, checkCase: CheckCase): Generator<CheckCase> {
  for (const name of ['c', 'a', 'b'] as const) {
    for (const simpler of simplerMatrices(checkCase[name])) yield { ...checkCase, [name]: simpler };
  }
}

/** Cut a block out of the job; a fault in a tile that is no more moves to the last one. */
function crop(design: Design, { a, b, c, faults }: CheckCase, from: Size, { m, k, n }: Size): CheckCase {
  const lastTile = planJob(design, m, k, n).tiles.length - 1;
  return {
    a: cropMatrix(a, from.m, from.k, m, k),
    b: cropMatrix(b, from.k, from.n, k, n),
    c: cropMatrix(c, from.m, from.n, m, n),
    faults: faults.map((fault) => {
      const { tile } = fault.window;
      return tile === null || tile <= lastTile ? fault : { ...fault, window: { ...fault.window, tile: lastTile } };
    }),
  };
}

function cropMatrix({ type, shape, data }: Tensor, top: number, left: number, rows: number, columns: number): Tensor {
  const cropped = tensor(type, [rows, columns]);
  for (let row = 0; row < rows; row++) {
    const start = (top + row) * shape[1]! + left;
    cropped.data.set(data.subarray(start, start + columns) as never, row * columns);
  }
  return cropped;
}

function* simplerMatrices({ type, shape, data }: Tensor): Generator<Tensor> {
  const elements = bitsOf(data) as Int32Array;
  const [zero, one] = [bitsOfNumber(type, 0), bitsOfNumber(type, 1)];
  const filled = (from: number, to: number, value: never) => {
    const copy = data.slice();
    bitsOf(copy).fill(value, from, to);
    return tensor(type, shape, copy);
  };
  for (let length = elements.length; length >= 1; length = Math.floor(length / 2)) {
    for (let from = 0; from < elements.length; from += length) {
      const to = Math.min(from + length, elements.length);
      if (elements.subarray(from, to).some((element) => element !== zero)) yield filled(from, to, zero);
    }
  }
  for (let at = 0; at < elements.length; at++) {
    if (elements[at] !== zero && elements[at] !== one) yield filled(at, at + 1, one);
  }
}

/** The bits of a number as `bitsOf` storage holds them. */
function bitsOfNumber(type: ElementType, value: number): never {
  const element = allocate(type, 1);
  elementStore(type).write(element, 0, value);
  return bitsOf(element)[0] as never;
}
