import { OperandError } from '../errors.ts';
import { allocate, bitsOf, type ElementType, type Tensor, tensor } from '../tensor/tensor.ts';
import type { ChannelOrder, Layout } from './preprocess.ts';

/** An image whose channels lie side by side: element (y · width + x) · channels + c. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly type: ElementType;
  readonly data: Tensor['data'];
}

/**
 * Take an item for an image.
 * @param from how an item of rank 3 lies; nhwc when null
 * @throws {OperandError} unless it is [H, W], or of rank 3 with 1 or 3 channels.
 */
export function toImage({ type, shape, data }: Tensor, from: Layout | null, name: string): Image {
  const [height, width, channels] = axes(shape, from);
  if (height === undefined || width === undefined || (channels !== 1 && channels !== 3)) {
    const hint = from === null && shape.length === 3 ? '; "from nchw" reads items as [C, H, W]' : '';
    const form = from === 'nchw' ? '[C, H, W]' : '[H, W, C]';
    throw new OperandError(
      `an image must be [H, W] or ${form} with 1 or 3 channels, received [${shape.join(', ')}] (${name})${hint}`,
    );
  }
  const pixels = from === 'nchw' ? transposed(data, type, channels, width * height) : data;
  return { width, height, channels, type, data: pixels };
}

/** Give the tensor of an image: [H, W], which only one channel fits, [H, W, C] (nhwc) or [C, H, W] (nchw). */
export function fromImage({ width, height, channels, type, data }: Image, layout: Layout | null): Tensor {
  if (layout === null) return tensor(type, [height, width], data);
  if (layout === 'nhwc') return tensor(type, [height, width, channels], data);
  return tensor(type, [channels, height, width], transposed(data, type, width * height, channels));
}

/**
 * Convert between gray and colour, the colours in the order red, green, blue. Gray is 0.299 R + 0.587 G + 0.114 B
 * (ITU-R BT.601-7, 2.5.1) in steps of 2^-16, rounded to nearest; Pillow's conversion to L gives the same.
 * @throws {OperandError} when colours of other types than uint8 and uint16 are to become gray.
 */
export function toChannels(image: Image, order: ChannelOrder, name: string): Image {
  const { channels, type, data } = image;
  if (order === 'gray') return channels === 1 ? image : { ...image, channels: 1, data: gray(image, name) };
  if (channels === 3 && order === 'rgb') return image;
  const source = bitsOf(data);
  const target = allocate(type, (data.length / channels) * 3);
  const bits = bitsOf(target);
  for (let at = 0; at < target.length; at += 3) {
    for (let c = 0; c < 3; c++) bits[at + c] = source[channels === 1 ? at / 3 : at + 2 - c]!;
  }
  return { ...image, channels: 3, data: target };
}

function axes(shape: readonly number[], from: Layout | null): readonly (number | undefined)[] {
  if (shape.length === 2) return [...shape, 1];
  if (shape.length !== 3) return [];
  return from === 'nchw' ? [shape[1], shape[2], shape[0]] : shape;
}

/** Swap the two axes of a matrix [rows, columns]. */
function transposed(data: Tensor['data'], type: ElementType, rows: number, columns: number): Tensor['data'] {
  const target = allocate(type, data.length);
  const [from, to] = [bitsOf(data), bitsOf(target)];
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) to[column * rows + row] = from[at]!;
  }
  return target;
}

function gray({ type, data }: Image, name: string): Tensor['data'] {
  if (type !== 'uint8' && type !== 'uint16') {
    throw new OperandError(`"gray" needs colours of uint8 or uint16, received ${type} (${name})`);
  }
  const colours = data as Uint8Array;
  const target = allocate(type, data.length / 3);
  for (let at = 0; at < target.length; at++) {
    const [red, green, blue] = [colours[3 * at]!, colours[3 * at + 1]!, colours[3 * at + 2]!];
    target[at] = Math.floor((red * 19595 + green * 38470 + blue * 7471 + 0x8000) / 0x10000);
  }
  return target;
}
