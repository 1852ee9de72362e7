import type { ConvGeometry } from './conv-geometry.ts';
import type { Lowering } from './lowering.ts';

/**
 * What one product covers of a group of a convolution, for one image: the terms that `channels` channels of the data
 * add to `outputs` output channels, at all pixels. All numbers count within the group.
 */
export interface ConvBlock {
  readonly channel: number;
  readonly channels: number;
  readonly output: number;
  readonly outputs: number;
}

/** A way to part a convolution into matrix products. */
export interface ConvLowering {
  readonly name: Lowering;
  /**
   * The operand that holds the data; the other one holds the weights. On `a` a row of the product is a pixel and a
   * column an output channel; on `b` it is the other way round.
   */
  readonly dataOn: 'a' | 'b';
  /** Tell whether convolutions of these sizes can be lowered like this. */
  suits(geometry: ConvGeometry): boolean;
  /**
   * Part one group for one image. Blocks that cover the same outputs follow each other by their channels, without gaps:
   * each after the first takes the sums of the one before as its C.
   * @param depth channels of the data in a group
   * @param outputs output channels of a group
   */
  blocks(depth: number, outputs: number): readonly ConvBlock[];
}
