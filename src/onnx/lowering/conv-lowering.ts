import { ModelError } from '../../errors.ts';
import { elementCount, type Tensor } from '../../tensor/tensor.ts';
import { type ConvAttributes, convGeometry } from './conv-geometry.ts';
import { type TapMap, tapMap } from './im2col.ts';

/**
 * A convolution of known sizes as matrix products, one per image and group. A = im2col rows (M = output pixels, K =
 * channels · taps), B = weights of the group (K × its output channels).
 */
export interface LoweredConv {
  readonly map: TapMap;
  /** Shape of the result: [N, O, …]. */
  readonly shape: readonly number[];
  /** Channels of the data in one group. */
  readonly depth: number;
  /** K of each product. */
  readonly inner: number;
  /** Output channels of one group: N of each product. */
  readonly perGroup: number;
  readonly products: readonly ConvProduct[];
}

/** Where one product takes its data from and puts its results. */
export interface ConvProduct {
  readonly group: number;
  /** The first element of the group's channels in the data. */
  readonly dataStart: number;
  /** The group's first output channel, and its first element in the result; `pixels` elements per channel follow. */
  readonly firstChannel: number;
  readonly resultStart: number;
}

/** Lowers data [N, C, …] and weights [O, C / group, …]; throws {ModelError} for shapes that do not go together. */
export type ConvLowering = (data: Tensor, weights: Tensor) => LoweredConv;

/** Make the lowering of one convolution node; it keeps what depends on the sizes of data and kernel alone. */
export function convLowering(attributes: ConvAttributes): ConvLowering {
  let last: { readonly key: string; readonly map: TapMap; readonly output: readonly number[] } | undefined;
  return (data, weights) => {
    const { group } = attributes;
    checkShapes(data, weights, group);
    const [batch = 0, channels = 0, ...input] = data.shape;
    const [outputs = 0, depth = 0, ...kernel] = weights.shape;
    const key = `${input} ${kernel}`;
    if (last?.key !== key) {
      const geometry = convGeometry(attributes, input, kernel);
      last = { key, map: tapMap(geometry), output: geometry.output };
    }
    const { map, output } = last;
    const perGroup = outputs / group;
    const products = Array.from({ length: batch * group }, (_, n): ConvProduct => {
      const [image, g] = [Math.floor(n / group), n % group];
      return {
        group: g,
        dataStart: (image * channels + g * depth) * map.channelSize,
        firstChannel: g * perGroup,
        resultStart: (image * outputs + g * perGroup) * map.pixels,
      };
    });
    return { map, shape: [batch, outputs, ...output], depth, inner: depth * map.taps, perGroup, products };
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
