import { ModelError } from '../../errors.ts';
import { elementCount } from '../../tensor/tensor.ts';
import type { ConvBlock, ConvLowering } from './conv-blocks.ts';
import { type ConvAttributes, type ConvGeometry, convGeometry } from './conv-geometry.ts';
import { DIRECT } from './direct.ts';
import { IM2COL } from './im2col.ts';
import { KERNEL_COLUMN } from './kernel-column.ts';
import type { Lowering } from './lowering.ts';
import type { ProductShape } from './product-shape.ts';
import { SINGLE_CHANNEL } from './single-channel.ts';

const BY_NAME: Readonly<Record<Lowering, ConvLowering>> = {
  im2col: IM2COL,
  single_channel: SINGLE_CHANNEL,
  kernel_column: KERNEL_COLUMN,
  direct: DIRECT,
};

/** A convolution of known sizes as matrix products. */
export interface LoweredConv extends Pick<ConvLowering, 'dataOn'> {
  /** The lowering that is really used. */
  readonly lowering: Lowering;
  readonly geometry: ConvGeometry;
  /** Shape of the result: [N, O, …]. */
  readonly shape: readonly number[];
  readonly batch: number;
  readonly group: number;
  /** Channels of the data and of the result in one group. */
  readonly depth: number;
  readonly perGroup: number;
  readonly pixels: number;
  readonly taps: number;
  /** The products of one image and group; those of all images and groups are alike. */
  readonly blocks: readonly ConvBlock[];
}

/** Lowers data [N, C, …] and weights [O, C / group, …]; throws {ModelError} for shapes that do not go together. */
export type LowerConv = (data: readonly number[], weights: readonly number[]) => LoweredConv;

/** Make the lowering of one convolution node; it keeps what it has worked out until the sizes change. */
export function convLowering(attributes: ConvAttributes, wanted: Lowering): LowerConv {
  let last: { readonly key: string; readonly lowered: LoweredConv } | undefined;
  return (data, weights) => {
    const key = `${data} ${weights}`;
    if (last?.key !== key) last = { key, lowered: lower(attributes, wanted, data, weights) };
    return last.lowered;
  };
}

/** Give the shapes of the products of a lowered convolution. */
export function productShapes({ dataOn, blocks, batch, group, pixels, taps }: LoweredConv): ProductShape[] {
  return blocks.map(({ channels, outputs }) => {
    const [m, n] = dataOn === 'a' ? [pixels, outputs] : [outputs, pixels];
    return { m, k: channels * taps, n, count: batch * group };
  });
}

function lower(
  attributes: ConvAttributes,
  wanted: Lowering,
  data: readonly number[],
  weights: readonly number[],
): LoweredConv {
  const { group } = attributes;
  checkShapes(data, weights, group);
  const [batch = 0, , ...input] = data;
  const [outputs = 0, depth = 0, ...kernel] = weights;
  const geometry = convGeometry(attributes, input, kernel);
  const lowering = BY_NAME[wanted].suits(geometry) ? BY_NAME[wanted] : IM2COL;
  const perGroup = outputs / group;
  return {
    lowering: lowering.name,
    dataOn: lowering.dataOn,
    geometry,
    shape: [batch, outputs, ...geometry.output],
    batch,
    group,
    depth,
    perGroup,
    pixels: elementCount(geometry.output),
    taps: elementCount(kernel),
    blocks: lowering.blocks(depth, perGroup),
  };
}

function checkShapes(data: readonly number[], weights: readonly number[], group: number): void {
  const [, channels = 0] = data;
  const [outputs = 0, depth = 0] = weights;
  if (data.length < 3 || data.length !== weights.length) {
    throw new ModelError(`data [${data}] and weights [${weights}] must have the same rank, at least 3`);
  }
  if (depth * group !== channels) {
    throw new ModelError(`data of ${channels} channels do not go with weights of ${depth} in ${group} groups`);
  }
  if (outputs === 0 || outputs % group !== 0 || elementCount(weights) === 0) {
    throw new ModelError(`weights [${weights}] cannot be parted into ${group} groups of output channels`);
  }
}
