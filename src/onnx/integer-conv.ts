import { ModelError } from '../errors.ts';
import { allocate, elementCount, type Tensor, tensor } from '../tensor/tensor.ts';
import type { ArrayPort } from './array-port.ts';
import { type ConvAttributes, convGeometry } from './conv-geometry.ts';
import { fillRows, type IntegerData, type TapMap, tapMap } from './im2col.ts';
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
 * Per image and group: A = im2col rows (M = output pixels, K = channels · taps), B = weights (K × output channels),
 * both as `value − shift` where the array's operand type asks for a shift. The array computes Σ x'w'; with
 * p = xz − shift of x and q = wz − shift of w, what is missing is −q Σx' − p Σw' + K·p·q, which is added here.
 * Padding holds p, so that it contributes nothing.
 *
 * The convolution takes data [N, C, …], weights [O, C / group, …], one zero point of the data and one per output
 * channel of the weights; it gives [N, O, …]. It throws {ModelError} for shapes that do not go together.
 */
export function integerConvolution(attributes: ConvAttributes): IntegerConvolution {
  let prepared: PreparedWeights | undefined;
  let lowered: { readonly key: string; readonly map: TapMap; readonly output: readonly number[] } | undefined;

  return async (data, weights, dataZero, weightZeros, port) => {
    const { group } = attributes;
    checkShapes(data, weights, group);
    const [batch = 0, channels = 0, ...input] = data.shape;
    const [outputs = 0, depth = 0, ...kernel] = weights.shape;
    if (prepared?.weights !== weights) prepared = prepareWeights(weights, group, port.types.b);
    const key = `${input} ${kernel}`;
    if (lowered?.key !== key) {
      const geometry = convGeometry(attributes, input, kernel);
      lowered = { key, map: tapMap(geometry), output: geometry.output };
    }
    // Runs may overlap: from here on, only what this one has seen.
    const { matrices, columnSums, shift: weightShift } = prepared;
    const { map, output } = lowered;
    const { pixels, taps, channelSize } = map;
    const { shift, type } = operandShift(data.type, port.types.a, 'data');
    const inner = depth * taps;
    const perGroup = outputs / group;
    const p = dataZero - shift;
    const sum = new Int32Array(batch * outputs * pixels);
    port.expect(batch * group);
    for (let image = 0; image < batch; image++) {
      for (let g = 0; g < group; g++) {
        const rows = allocate(type, pixels * inner);
        const rowSums = new Int32Array(pixels);
        const start = (image * channels + g * depth) * channelSize;
        fillRows(map, data.data as IntegerData, start, depth, shift, p, rows as IntegerData, rowSums);
        const product = await port.multiply(tensor(type, [pixels, inner], rows), matrices[g]!);
        for (let n = 0; n < perGroup; n++) {
          const channel = g * perGroup + n;
          const q = weightZeros[channel]! - weightShift;
          const constant = Math.imul(Math.imul(inner, p), q) - Math.imul(p, columnSums[channel]!);
          const to = (image * outputs + channel) * pixels;
          for (let m = 0; m < pixels; m++) {
            sum[to + m] = product[m * perGroup + n]! + constant - Math.imul(q, rowSums[m]!);
          }
        }
      }
    }
    return tensor('int32', [batch, outputs, ...output], sum);
  };
}

function checkShapes(data: Tensor, weights: Tensor, group: number): void {
  const [, channels = 0] = data.shape;
  const [outputs = 0, depth = 0] = weights.shape;
  if (data.shape.length < 3 || data.shape.length !== weights.shape.length) {
    throw new ModelError(`data [${data.shape}] and weights [${weights.shape}] must have the same rank, at least 3`);
  }
  if (depth * group !== channels) {
    throw new ModelError(`data of ${channels} channels do not go with weights of ${depth} in ${group} groups`);
  }
  if (outputs === 0 || outputs % group !== 0 || elementCount(weights.shape) === 0) {
    throw new ModelError(`weights [${weights.shape}] cannot be parted into ${group} groups of output channels`);
  }
}
