import type { Tensor } from '../../tensor/tensor.ts';
import type { ArrayPort, SumRun } from '../run/array-port.ts';
import type { ConvBlock } from './conv-blocks.ts';
import type { LoweredConv } from './conv-lowering.ts';
import { dataMatrix } from './data-matrix.ts';
import type { WeightMatrices } from './weight-matrix.ts';

/** What a lowered convolution multiplies, in element types that the array takes. */
export interface ConvOperands {
  /** [N, C, …] */
  readonly data: Tensor;
  readonly weights: WeightMatrices;
  /** The element that padding holds. */
  readonly padding: number;
}

/** The sums of one output channel of one image in the result of a product, pixel by pixel. */
export interface ChannelSums extends SumRun {
  readonly channel: number;
}

/**
 * Run the products of a convolution, image by image and group by group.
 * @param take is given every result that holds finished sums, and where they are in it
 */
export async function runProducts(
  lowered: LoweredConv,
  { data, weights, padding }: ConvOperands,
  port: ArrayPort,
  take: (result: Tensor, channels: readonly ChannelSums[]) => void,
): Promise<void> {
  const { batch, group: groups, depth, perGroup, blocks, dataOn, lowering } = lowered;
  const channelSize = data.data.length / ((data.shape[0] ?? 0) * (data.shape[1] ?? 0));
  port.expect(batch * groups * blocks.length, lowering);
  for (let image = 0; image < batch; image++) {
    for (let group = 0; group < groups; group++) {
      const start = (image * groups + group) * depth;
      let operand: { readonly channel: number; readonly matrix: Tensor } | undefined;
      let sums: Tensor | undefined;
      for (const block of blocks) {
        const { channel, channels } = block;
        if (operand?.channel !== channel) {
          const first = (start + channel) * channelSize;
          operand = { channel, matrix: dataMatrix(lowered, data, first, channels, padding) };
        }
        const kernels = weights(group, block);
        const [a, b] = dataOn === 'a' ? [operand.matrix, kernels] : [kernels, operand.matrix];
        const isLast = channel + channels === depth;
        const places = isLast ? channelsOf(lowered, image, group, block) : [];
        sums = await port.multiply(a, b, {
          sums: places,
          c: channel === 0 ? undefined : sums,
          channels: { axis: dataOn === 'a' ? 'columns' : 'rows', first: group * perGroup + block.output },
        });
        if (isLast) take(sums, places);
      }
    }
  }
}

function channelsOf(
  { shape, perGroup, pixels, dataOn }: LoweredConv,
  image: number,
  group: number,
  { output, outputs }: ConvBlock,
): ChannelSums[] {
  const [, channels = 0] = shape;
  return Array.from({ length: outputs }, (_, n) => {
    const channel = group * perGroup + output + n;
    const place = (image * channels + channel) * pixels;
    return dataOn === 'a'
      ? { channel, first: n, step: outputs, count: pixels, place }
      : { channel, first: n * pixels, step: 1, count: pixels, place };
  });
}
