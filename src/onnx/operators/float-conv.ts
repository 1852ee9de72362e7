import { elementStore } from '../../dtype/element-store.ts';
import { ModelError } from '../../errors.ts';
import { allocate, elementCount, type Tensor, tensor } from '../../tensor/tensor.ts';
import type { ConvAttributes } from '../lowering/conv-geometry.ts';
import { convLowering } from '../lowering/conv-lowering.ts';
import type { Lowering } from '../lowering/lowering.ts';
import { runProducts } from '../lowering/run-products.ts';
import { type WeightMatrices, weightMatrices } from '../lowering/weight-matrix.ts';
import type { ArrayPort } from '../run/array-port.ts';
import { type FloatType, floatEnding } from './float-sums.ts';

/** Runs one convolution layer; keeps what depends only on its weights and on the size of its data. */
export type FloatConvolution = (
  data: Tensor<FloatType>,
  weights: Tensor,
  bias: Tensor | null,
  port: ArrayPort,
) => Promise<Tensor>;

/**
 * Make the convolution y = Σ xw + bias with its products on an array whose operands have the type of the data.
 *
 * The array starts at +0 and adds in the order of K: channel by channel, and within a channel tap by tap in the order
 * of the weights, padding as products with +0. Its sum is rounded to the type of the data where the accumulator is
 * wider; then the bias is added in that type. No rounding but these.
 *
 * The convolution takes data [N, C, …], weights [O, C / group, …] and a bias [O], all of one type; it gives [N, O, …].
 * It throws {ModelError} for shapes that do not go together.
 */
export function floatConvolution(attributes: ConvAttributes, lowering: Lowering): FloatConvolution {
  const lower = convLowering(attributes, lowering);
  let prepared:
    | { readonly weights: Tensor; readonly lowering: Lowering; readonly matrices: WeightMatrices }
    | undefined;

  return async (data, weights, bias, port) => {
    const { type } = data;
    const lowered = lower(data.shape, weights.shape);
    const { shape, pixels } = lowered;
    const [, outputs = 0] = shape;
    if (bias && bias.data.length !== outputs) {
      throw new ModelError(`B must hold ${outputs} numbers, not ${bias.data.length}`);
    }
    if (prepared?.weights !== weights || prepared.lowering !== lowered.lowering) {
      prepared = { weights, lowering: lowered.lowering, matrices: weightMatrices(lowered, weights) };
    }
    const sums = elementStore(port.types.c);
    const values = elementStore(type);
    const { round, add } = floatEnding(port.types.c, type);
    const result = allocate(type, elementCount(shape));
    const shown = port.showSums ? allocate(port.types.c, result.length) : null;
    await runProducts(lowered, { data, weights: prepared.matrices, padding: 0 }, port, (product, channels) => {
      for (const { channel, first, step, place } of channels) {
        const added = bias && values.read(bias.data, channel);
        for (let pixel = 0; pixel < pixels; pixel++) {
          const raw = sums.read(product.data, first + pixel * step);
          if (shown) sums.write(shown, place + pixel, raw);
          const sum = round(raw);
          values.write(result, place + pixel, added === null ? sum : add(sum, added));
        }
      }
    });
    if (shown) port.showSums?.(tensor(port.types.c, shape, shown));
    return tensor(type, shape, result);
  };
}
