import type { ConvLowering } from './conv-blocks.ts';

/**
 * One product per image, group and channel of the data: pixels × taps · taps × outputs. The sums of the channels before
 * enter as C, so that they are added in the order of im2col.
 */
export const SINGLE_CHANNEL: ConvLowering = {
  name: 'single_channel',
  dataOn: 'a',
  suits: () => true,
  blocks: (depth, outputs) =>
    Array.from({ length: depth }, (_, channel) => ({ channel, channels: 1, output: 0, outputs })),
};
