import { OperandError } from '../errors.ts';
import { allocate } from '../tensor/tensor.ts';
import type { Image } from './image.ts';
import type { ImageSize, Preprocess } from './preprocess.ts';

/** The weights of a row or column of the result: `weights` belong to the source elements from `first` on. */
interface Tap {
  readonly first: number;
  readonly weights: readonly number[];
}

/** Weights are whole numbers of 2^-22, so that a sum of bytes stays below 2^31. */
const WEIGHT_BITS = 22;

/**
 * Resize an image of uint8 with the bilinear filter, which reaches over more pixels the smaller the image becomes: the
 * columns first, then the rows, each rounded to uint8. Gives what Pillow's `resize` with BILINEAR gives, to the last bit.
 * @param size both sides, or the length of the shorter one; the longer is then rounded down, as torchvision does
 * @throws {OperandError} for other types than uint8.
 */
export function resize(image: Image, size: NonNullable<Preprocess['size']>, name: string): Image {
  const { width, height } = 'shorter' in size ? keepAspect(image, size.shorter) : size;
  if (width === image.width && height === image.height) return image;
  if (image.type !== 'uint8') {
    throw new OperandError(`"size" resizes images of uint8, received ${image.type} (${name})`);
  }
  return resizeRows(resizeColumns(image, width), height);
}

/**
 * Cut the middle out of an image; odd margins are split as torchvision's `center_crop` splits them.
 * @throws {OperandError} when the image is too small.
 */
export function centreCrop(image: Image, { width, height }: ImageSize, name: string): Image {
  if (width > image.width || height > image.height) {
    throw new OperandError(
      `"crop ${width}x${height}" needs an image at least as large, received ${image.width}x${image.height} (${name})`,
    );
  }
  const { channels, type, data } = image;
  const [left, top] = [half(image.width - width), half(image.height - height)];
  const cropped = allocate(type, width * height * channels);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * image.width + left) * channels;
    cropped.set(data.subarray(start, start + width * channels) as never, y * width * channels);
  }
  return { ...image, width, height, data: cropped };
}

function keepAspect({ width, height }: ImageSize, shorter: number): ImageSize {
  const longer = Math.floor((shorter * Math.max(width, height)) / Math.min(width, height));
  return width <= height ? { width: shorter, height: longer } : { width: longer, height: shorter };
}

/** Halve a margin; of two equally near whole numbers the even one, as Python rounds. */
function half(margin: number): number {
  const down = Math.floor(margin / 2);
  return margin % 2 === 1 && down % 2 === 1 ? down + 1 : down;
}

function resizeColumns(image: Image, width: number): Image {
  if (width === image.width) return image;
  const { height, channels } = image;
  const target = new Uint8Array(width * height * channels);
  const steps = taps(image.width, width);
  for (let y = 0, at = 0; y < height; y++) {
    for (const { first, weights } of steps) {
      const start = (y * image.width + first) * channels;
      for (let c = 0; c < channels; c++) target[at++] = weigh(image.data as Uint8Array, start + c, channels, weights);
    }
  }
  return { ...image, width, data: target };
}

function resizeRows(image: Image, height: number): Image {
  if (height === image.height) return image;
  const rowLength = image.width * image.channels;
  const target = new Uint8Array(rowLength * height);
  let at = 0;
  for (const { first, weights } of taps(image.height, height)) {
    const start = first * rowLength;
    for (let x = 0; x < rowLength; x++) target[at++] = weigh(image.data as Uint8Array, start + x, rowLength, weights);
  }
  return { ...image, height, data: target };
}

/** Sum weighted bytes that lie `stride` apart. Weights that add up to a little over 1 may reach 256. */
function weigh(data: Uint8Array, start: number, stride: number, weights: readonly number[]): number {
  let sum = 1 << (WEIGHT_BITS - 1);
  for (let k = 0; k < weights.length; k++) sum += data[start + k * stride]! * weights[k]!;
  return Math.min(sum >> WEIGHT_BITS, 255);
}

/** Work out the weights: a triangle over the centre of each result pixel, as wide as two pixels of the coarser grid. */
function taps(from: number, to: number): Tap[] {
  const scale = from / to;
  const support = Math.max(scale, 1);
  return Array.from({ length: to }, (_, at) => {
    const centre = (at + 0.5) * scale;
    const first = Math.max(Math.trunc(centre - support + 0.5), 0);
    const end = Math.min(Math.trunc(centre + support + 0.5), from);
    // The reciprocal, as Pillow has it: a division would round otherwise.
    const exact = Array.from({ length: end - first }, (_, k) =>
      Math.max(1 - Math.abs((first + k - centre + 0.5) * (1 / support)), 0),
    );
    const sum = exact.reduce((total, weight) => total + weight, 0);
    return { first, weights: exact.map((weight) => Math.trunc(0.5 + (weight / sum) * 2 ** WEIGHT_BITS)) };
  });
}
