import type { ConvLowering } from './conv-blocks.ts';

/** One product per image and output channel: pixels × (channels·taps) times the one column that is its kernel. */
export const KERNEL_COLUMN: ConvLowering = {
  name: 'kernel_column',
  dataOn: 'a',
  suits: () => true,
  blocks: (depth, outputs) =>
    Array.from({ length: outputs }, (_, output) => ({ channel: 0, channels: depth, output, outputs: 1 })),
};
