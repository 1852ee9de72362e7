import { elementCount } from '../../tensor/tensor.ts';
import type { ConvLowering } from './conv-blocks.ts';
import type { ConvGeometry } from './conv-geometry.ts';

/**
 * One product per image and group, weights times data: outputs × channels · channels × pixels, the data as they lie.
 * For kernels of one tap without padding.
 */
export const DIRECT: ConvLowering = {
  name: 'direct',
  dataOn: 'b',
  suits: (geometry) => elementCount(geometry.kernel) === 1 && !readsPadding(geometry),
  blocks: (depth, outputs) => [{ channel: 0, channels: depth, output: 0, outputs }],
};

/** Padding that a stride steps over does not matter. */
function readsPadding({ input, output, strides, padsBegin }: ConvGeometry): boolean {
  return output.some((side, axis) => {
    const last = (side - 1) * strides[axis]! - padsBegin[axis]!;
    return padsBegin[axis]! > 0 || last >= input[axis]!;
  });
}
