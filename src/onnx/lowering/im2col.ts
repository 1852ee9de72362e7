import type { ConvLowering } from './conv-blocks.ts';

/** One product per image and group, channels folded into the inner dimension: pixels × (channels·taps) · weights. */
export const IM2COL: ConvLowering = {
  name: 'im2col',
  dataOn: 'a',
  suits: () => true,
  blocks: (depth, outputs) => [{ channel: 0, channels: depth, output: 0, outputs }],
};
