import { type ElementType, elementCount, type Tensor, tensor } from '../../tensor/tensor.ts';
import type { NodeProto } from '../file/messages.ts';
import { convAttributes } from '../lowering/conv-geometry.ts';
import { convLowering, type LoweredConv, productShapes } from '../lowering/conv-lowering.ts';
import type { Lowering } from '../lowering/lowering.ts';
import { runProducts } from '../lowering/run-products.ts';
import type { ArrayPort, PlannedLayer } from '../run/array-port.ts';
import { int32Sums } from './int32-sums.ts';
import { operandShift, shiftTensor } from './operand-shift.ts';
import { type PreparedWeights, prepareWeights } from './prepared-weights.ts';
import { addZeroPointTerms } from './zero-point-terms.ts';

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
 * Data and weights go there as `value − shift` where the type of their operand asks for a shift. The array computes
 * Σ x'w'; with p = xz − shift of x and q = wz − shift of w, what is missing is −q Σx' − p Σw' + K·p·q, which is added
 * here. Padding holds p, so that it contributes nothing.
 *
 * The convolution takes data [N, C, …], weights [O, C / group, …], one zero point of the data and one per output
 * channel of the weights; it gives [N, O, …]. It throws {ModelError} for shapes that do not go together.
 */
export function integerConvolution(node: NodeProto, lowering: Lowering): IntegerConvolution {
  const lower = convLowering(convAttributes(node), lowering);
  let prepared: PreparedWeights | undefined;

  return async (data, weights, dataZero, weightZeros, port) => {
    const lowered = lower(data.shape, weights.shape);
    const shown = (sums: Int32Array) => {
      const result = tensor('int32', lowered.shape, sums);
      port.showSums?.(result);
      return result;
    };
    const { a, b } = port.types;
    const [dataType, weightsType] = lowered.dataOn === 'a' ? [a, b] : [b, a];
    const dataShift = operandShift(data.type, dataType, 'data');
    const weightZero = weightZeros[0]!;
    if (port.exact && weightZeros.every((zero) => zero === weightZero)) {
      const ofWeights = operandShift(weights.type, weightsType, 'weights').type;
      const product = { data, weights, dataZero, weightZero, attribute: node.attribute };
      const sums = await port.exact({ opType: 'ConvInteger', ...product }, planOf(lowered, dataShift.type, ofWeights));
      if (sums) return shown(sums);
    }
    if (prepared?.weights !== weights || prepared.lowering !== lowered.lowering) {
      prepared = prepareWeights(weights, lowered, weightsType);
    }
    // Runs may overlap: from here on, only what this one has seen.
    const { matrices, kernelSums, shift: weightShift } = prepared;
    const shifted = shiftTensor(data, dataShift);
    const p = dataZero - dataShift.shift;
    const sums = new Int32Array(elementCount(lowered.shape));
    await runProducts(lowered, { data: shifted, weights: matrices, padding: p }, port, (result, channels) => {
      const from = int32Sums(result, port.types);
      for (const { first, step, place } of channels) {
        for (let pixel = 0; pixel < lowered.pixels; pixel++) sums[place + pixel] = from[first + pixel * step]!;
      }
    });
    addZeroPointTerms(
      lowered,
      { data: shifted, p, kernelSums, q: weightZeros.map((zero) => zero - weightShift) },
      sums,
    );
    return shown(sums);
  };
}

function planOf(lowered: LoweredConv, ofData: ElementType, ofWeights: ElementType): PlannedLayer {
  return {
    lowering: lowered.lowering,
    shapes: productShapes(lowered),
    types: lowered.dataOn === 'a' ? [ofData, ofWeights] : [ofWeights, ofData],
    terms: lowered.depth * lowered.taps,
  };
}
