import type { Tensor } from '../../tensor/tensor.ts';
import type { LoweredConv } from '../lowering/conv-lowering.ts';
import { pixelSums } from '../lowering/pixel-sums.ts';

/** What zero points and operand shifts leave to add to the array's Σ x'w'. */
export interface ZeroPoints {
  /** x', the data as the array has them, [N, C, …]. */
  readonly data: Tensor;
  /** What stands for zero among them. */
  readonly p: number;
  /** What stands for zero among the weights w' of each output channel. */
  readonly q: Int32Array;
  /** Σ w' of each output channel. */
  readonly kernelSums: Int32Array;
}

/**
 * Make Σ (x' − p)(w' − q) of Σ x'w', modulo 2^32.
 * @param sums [N, O, …]
 */
export function addZeroPointTerms(
  { geometry, batch, group: groups, depth, perGroup, pixels, taps }: LoweredConv,
  { data, p, q, kernelSums }: ZeroPoints,
  sums: Int32Array,
): void {
  const channelSize = data.data.length / (batch * groups * depth);
  const needsPixelSums = q.some((zero) => zero !== 0);
  let at = 0;
  for (let image = 0; image < batch; image++) {
    for (let group = 0; group < groups; group++) {
      const first = (image * groups + group) * depth * channelSize;
      const ofPixels = needsPixelSums ? pixelSums(geometry, data, first, depth, p) : null;
      for (let channel = group * perGroup; channel < (group + 1) * perGroup; channel++) {
        const zero = q[channel]!;
        const constant = Math.imul(Math.imul(depth * taps, p), zero) - Math.imul(p, kernelSums[channel]!);
        for (let pixel = 0; pixel < pixels; pixel++, at++) {
          sums[at] = sums[at]! + constant - (ofPixels ? Math.imul(zero, ofPixels[pixel]!) : 0);
        }
      }
    }
  }
}
