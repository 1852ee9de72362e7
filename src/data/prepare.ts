import { castTensor } from '../dtype/cast.ts';
import { OperandError } from '../errors.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import { fromImage, type Image, toChannels, toImage } from './image.ts';
import { normalise } from './normalise.ts';
import type { Layout, Preprocess } from './preprocess.ts';
import { centreCrop, resize } from './resize.ts';

/**
 * Make the function that prepares an item: channels, size, crop, scale, mean, std, layout and dtype, in this order.
 * Items need not be images for `scale`, `mean` and `std` of one number, and `dtype`.
 * @throws (the function) {OperandError} for an item that a step cannot take, {CastingError} for a number that the dtype
 *   does not have.
 */
export function preparer(steps: Preprocess): (item: Tensor, name: string) => Tensor {
  return (item, name) => {
    const prepared = needsImage(steps) ? prepareImage(item, steps, name) : computed(item, steps, 1);
    return steps.dtype ? castTensor(prepared, steps.dtype, name) : prepared;
  };
}

function needsImage({ from, channels, size, crop, layout, mean, std }: Preprocess): boolean {
  return [from, channels, size, crop, layout].some((step) => step !== null) || [mean, std].some(hasChannels);
}

function hasChannels(values: readonly number[] | null): boolean {
  return values !== null && values.length > 1;
}

function prepareImage(item: Tensor, steps: Preprocess, name: string): Tensor {
  let image = toImage(item, steps.from, name);
  if (steps.channels) image = toChannels(image, steps.channels, name);
  if (steps.size) image = resize(image, steps.size, name);
  if (steps.crop) image = centreCrop(image, steps.crop, name);
  if (image.channels === 1 && (hasChannels(steps.mean) || hasChannels(steps.std))) {
    throw new OperandError(`3 numbers of "mean" or "std" need an image with 3 channels, received 1 (${name})`);
  }
  const { type, data } = computed(tensor(image.type, [image.data.length], image.data), steps, image.channels);
  return fromImage({ ...image, type, data }, resultLayout(item, image, steps));
}

function computed(item: Tensor, steps: Preprocess, channels: number): Tensor {
  const computes = steps.scale !== null || steps.mean !== null || steps.std !== null;
  return computes ? normalise(item, steps, channels) : item;
}

/** Without a layout, gray means no channel axis, and all else stays as it came. */
function resultLayout(item: Tensor, image: Image, { layout, channels, from }: Preprocess): Layout | null {
  if (layout) return layout;
  if (channels === 'gray' || (item.shape.length === 2 && image.channels === 1)) return null;
  return from ?? 'nhwc';
}
