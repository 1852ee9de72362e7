import { bitsOf, type Tensor, tensor } from '../../tensor/tensor.ts';
import type { ImageValues } from './image-values.ts';

/** Take one row of outputs of a batch. */
export function rowOf(outputs: Readonly<Record<string, Tensor>>, row: number, rows: number): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { type, shape, data }]) => {
      const size = data.length / rows;
      const own = data.slice(row * size, (row + 1) * size) as Tensor['data'];
      return [name, tensor(type, [1, ...shape.slice(1)], own)];
    }),
  );
}

/** Tell whether a row of a batch's outputs is what the fault-free run gave. */
export function compareOutputs(
  outputs: Readonly<Record<string, Tensor>>,
  row: number,
  rows: number,
  clean: ImageValues,
): { readonly differs: boolean; readonly nonFinite: boolean } {
  let differs = false;
  let nonFinite = false;
  for (const [name, { data }] of Object.entries(outputs)) {
    const before = clean.get(name)!;
    const length = data.length / rows;
    const [own, other] = [bitsOf(data), bitsOf(before.data)];
    for (let at = 0; at < length; at++) {
      if (own[row * length + at] === other[at]) continue;
      differs = true;
      if (!isFinite32(data, row * length + at) && isFinite32(before.data, at)) nonFinite = true;
    }
  }
  return { differs, nonFinite };
}

function isFinite32(data: Tensor['data'], at: number): boolean {
  return !(data instanceof Float32Array || data instanceof Float64Array) || Number.isFinite(data[at]);
}

/** Tell whether an output holds an infinity or NaN where the fault-free one holds a number. */
export function becomesNonFinite(clean: Tensor, faulty: Tensor): boolean {
  if (!(clean.data instanceof Float32Array || clean.data instanceof Float64Array)) return false;
  const before = clean.data;
  return (faulty.data as Float32Array).some((value, at) => !Number.isFinite(value) && Number.isFinite(before[at]));
}
