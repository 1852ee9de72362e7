import { allocate, elementCount, type Tensor, tensor } from '../../tensor/tensor.ts';
import type { ConvAttributes } from '../lowering/conv-geometry.ts';
import { convLowering } from '../lowering/conv-lowering.ts';
import { fillRows, type IntegerData } from '../lowering/im2col.ts';
import type { ArrayPort } from '../run/array-port.ts';
import { int32Sums } from './int32-sums.ts';
import { operandShift } from './operand-shift.ts';
import { type PreparedWeights, prepareWeights } from './prepared-weights.ts';

/** Runs one convolution layer; keeps what depends only on its weights and on the size of its data. */
export type IntegerConvolution = (
  data: Tensor,
  weights: Tensor,
  dataZero: number,
  weightZeros: Int32Array,
  port: ArrayPort,
) => Promise<Tensor<'int32'>>;

/**
 * Make the convolution y = Σ (x − xz)(w − wz) modulo 2^32 with its products on an array.
 *
 * Data and weights go there as `value − shift` where the array's operand type asks for a shift. The array computes
 * Σ x'w'; with p = xz − shift of x and q = wz − shift of w, what is missing is −q Σx' − p Σw' + K·p·q, which is added
 * here. Padding holds p, so that it contributes nothing.
 *
 * The convolution takes data [N, C, …], weights [O, C / group, …], one zero point of the data and one per output
 * channel of the weights; it gives [N, O, …]. It throws {ModelError} for shapes that do not go together.
 */
export function integerConvolution(attributes: ConvAttributes): IntegerConvolution {
  const lower = convLowering(attributes);
  let prepared: PreparedWeights | undefined;

  return async (data, weights, dataZero, weightZeros, port) => {
    const { map, shape, depth, inner, perGroup, products } = lower(data, weights);
    const { pixels } = map;
    if (prepared?.weights !== weights) prepared = prepareWeights(weights, attributes.group, port.types.b);
    // Runs may overlap: from here on, only what this one has seen.
    const { matrices, columnSums, shift: weightShift } = prepared;
    const { shift, type } = operandShift(data.type, port.types.a, 'data');
    const p = dataZero - shift;
    const sum = new Int32Array(elementCount(shape));
    port.expect(products.length);
    for (const { group, dataStart, firstChannel, resultStart } of products) {
      const rows = allocate(type, pixels * inner);
      const rowSums = new Int32Array(pixels);
      fillRows(map, data.data as IntegerData, dataStart, depth, shift, p, rows as IntegerData, rowSums);
      const result = await port.multiply(tensor(type, [pixels, inner], rows), matrices[group]!);
      const product = int32Sums(result, port.types);
      for (let n = 0; n < perGroup; n++) {
        const channel = firstChannel + n;
        const q = weightZeros[channel]! - weightShift;
        const constant = Math.imul(Math.imul(inner, p), q) - Math.imul(p, columnSums[channel]!);
        const to = resultStart + n * pixels;
        for (let m = 0; m < pixels; m++) {
          sum[to + m] = product[m * perGroup + n]! + constant - Math.imul(q, rowSums[m]!);
        }
      }
    }
    return tensor('int32', shape, sum);
  };
}
