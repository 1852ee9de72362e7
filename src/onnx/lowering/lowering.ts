import { ModelError } from '../../errors.ts';
import { enumerate } from '../wording.ts';

/**
 * The ways to make matrix products of a convolution. All add the terms of an output in the same order, so that the
 * result is the same, bit for bit; what differs is the shape of the products, and with it tiles, cycles and what a
 * fault can reach.
 */
export const LOWERINGS = ['im2col', 'single_channel', 'kernel_column', 'direct'] as const;

export type Lowering = (typeof LOWERINGS)[number];

export const DEFAULT_LOWERING: Lowering = 'im2col';

/**
 * Take a name for the lowering that it means.
 * @throws {ModelError} for any other name.
 */
export function checkLowering(name: string): Lowering {
  const lowering = LOWERINGS.find((known) => known === name);
  if (lowering === undefined) throw new ModelError(`a lowering is ${enumerate(LOWERINGS, 'or')}, not ${name}`);
  return lowering;
}
