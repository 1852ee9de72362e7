import type { Dtype } from '../dtype/dtype.ts';

export const CHANNEL_ORDERS = ['gray', 'rgb', 'bgr'] as const;
export const LAYOUTS = ['nchw', 'nhwc'] as const;

export type ChannelOrder = (typeof CHANNEL_ORDERS)[number];
export type Layout = (typeof LAYOUTS)[number];

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/**
 * What to do to each item, in this order whatever the order of the text; null leaves a step out. Made by
 * `parsePreprocess` alone, which checks it.
 */
export interface Preprocess {
  /** How items of rank 3 lie; nhwc when null. */
  readonly from: Layout | null;
  /** Gray by ITU-R 601; data with three channels is taken as rgb. */
  readonly channels: ChannelOrder | null;
  /** Resize to a size, or the shorter side to a length with the aspect kept. */
  readonly size: ImageSize | { readonly shorter: number } | null;
  /** Cut this much out of the middle. */
  readonly crop: ImageSize | null;
  readonly scale: { readonly multiply: number } | { readonly divide: number } | null;
  /** One number, or one per channel in the order of `channels`; subtracted. */
  readonly mean: readonly number[] | null;
  /** As `mean`; divided by. */
  readonly std: readonly number[] | null;
  /** Where the channels go; an item without a channel axis gets one. */
  readonly layout: Layout | null;
  readonly dtype: Dtype | null;
}
