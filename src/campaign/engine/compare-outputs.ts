import { numberReader } from '../../dtype/element-store.ts';
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
  for (const [name, output] of Object.entries(outputs)) {
    const { data } = output;
    const before = clean.get(name)!;
    const [after, unchanged] = [finiteReader(output), finiteReader(before)];
    const length = data.length / rows;
    const [own, other] = [bitsOf(data), bitsOf(before.data)];
    for (let at = 0; at < length; at++) {
      if (own[row * length + at] === other[at]) continue;
      differs = true;
      if (!after(row * length + at) && unchanged(at)) nonFinite = true;
    }
  }
  return { differs, nonFinite };
}

/** Tell whether an output holds an infinity or NaN where the fault-free one holds a number. */
export function becomesNonFinite(clean: Tensor, faulty: Tensor): boolean {
  const [before, after] = [finiteReader(clean), finiteReader(faulty)];
  return Array.from({ length: clean.data.length }, (_, at) => at).some((at) => !after(at) && before(at));
}

/** Tells of each element whether it is a number that is finite. */
function finiteReader({ type, data }: Tensor): (at: number) => boolean {
  const read = numberReader(type);
  return (at) => Number.isFinite(Number(read(data, at)));
}
