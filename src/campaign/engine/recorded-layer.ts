import type { Backend } from '../../backend/backend.ts';
import { castTensor } from '../../dtype/cast.ts';
import type { ArrayPort, PortProduct, SumRun } from '../../onnx/run/array-port.ts';
import type { ChannelLines } from '../../onnx/run/placed-fault.ts';
import type { ArrayLayer } from '../../onnx/run/run-stages.ts';
import { type Tensor, tensor } from '../../tensor/tensor.ts';

/** A product that a layer ran for one image, without faults; operands in the array's dtypes. */
export interface RecordedProduct {
  readonly a: Tensor;
  readonly b: Tensor;
  /** The number of the product whose result it adds to; null for zeros. */
  readonly previous: number | null;
  readonly result: Tensor;
  readonly sums: readonly SumRun[];
  readonly channels: ChannelLines;
}

/** A fault-free run of a layer for one image. */
export interface RecordedLayer {
  readonly operands: readonly (Tensor | null)[];
  readonly products: readonly RecordedProduct[];
  /** Sums in the shape of the result, before bias and requantisation. */
  readonly sums: Tensor;
  readonly result: Tensor;
}

const COLUMNS: ChannelLines = { axis: 'columns', first: 0 };

/** Run a layer for one image and keep what it hands to the array. `known` gives tensors cast before, such as weights. */
export async function recordLayer(
  layer: ArrayLayer,
  operands: readonly (Tensor | null)[],
  backend: Backend,
  known: WeakMap<Tensor, Tensor>,
): Promise<RecordedLayer> {
  const { types } = backend.design.spec;
  const products: RecordedProduct[] = [];
  let sums: Tensor | undefined;
  const cast = (operand: Tensor, line: 'a' | 'b'): Tensor => {
    const done = known.get(operand) ?? castTensor(operand, types[line], line.toUpperCase());
    known.set(operand, done);
    return done;
  };
  const port: ArrayPort = {
    types,
    expect() {},
    async multiply(a, b, { c, channels = COLUMNS, sums: places }: PortProduct) {
      const [rows = 0, inner = 0] = a.shape;
      const columns = b.shape[1] ?? 0;
      if (rows * inner * columns === 0) return c ?? tensor(types.c, [rows, columns]);
      const operandsOf = { a: cast(a, 'a'), b: cast(b, 'b') };
      const previous = c ? products.findIndex(({ result }) => result === c) : -1;
      const { result } = await backend.matmul({ ...operandsOf, c });
      products.push({
        ...operandsOf,
        previous: previous < 0 ? null : previous,
        result,
        sums: places,
        channels,
      });
      return result;
    },
    exact: null,
    showSums(shown) {
      sums = tensor(shown.type, shown.shape, shown.data.slice());
    },
  };
  const result = await layer.run(operands, port);
  return { operands, products, sums: sums ?? result, result };
}

/** Run a layer on results of its products that are known: nothing goes to the array. `showSums` takes a view that the layer may overwrite. */
export async function rerunLayer(
  layer: ArrayLayer,
  operands: readonly (Tensor | null)[],
  types: ArrayPort['types'],
  results: readonly Tensor[],
  showSums: ArrayPort['showSums'] = null,
): Promise<Tensor> {
  let next = 0;
  const port: ArrayPort = {
    types,
    expect() {},
    async multiply(a, b, { c }) {
      const [rows = 0, inner = 0] = a.shape;
      const columns = b.shape[1] ?? 0;
      return rows * inner * columns === 0 ? (c ?? tensor(types.c, [rows, columns])) : results[next++]!;
    },
    exact: null,
    showSums,
  };
  return await layer.run(operands, port);
}
