import { FileError } from '../errors.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import { decodeJpeg } from './decode-jpeg.ts';
import { decodePng } from './decode-png.ts';
import { fileKind } from './file-kind.ts';

/** An image as a decoder gives it, the channels of each pixel side by side. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  /** Gray, gray and alpha, red green blue, or these and alpha. */
  readonly channels: 1 | 2 | 3 | 4;
  readonly data: Uint8Array | Uint16Array;
}

/**
 * Decode a PNG or JPEG image to [H, W] or [H, W, 3] with red first: uint8, or uint16 for a PNG of 16 bits. Alpha is
 * dropped; neither colour profiles nor the orientation that a camera notes are applied.
 * @throws {FileError} when it is neither, or cannot be decoded.
 */
export async function decodeImage(bytes: Uint8Array, path: string): Promise<Tensor> {
  const kind = fileKind(bytes, path);
  if (kind !== 'png' && kind !== 'jpeg') {
    throw new FileError(`an image must be PNG or JPEG, received ${path}`);
  }
  try {
    return toTensor(kind === 'png' ? decodePng(bytes) : await decodeJpeg(bytes));
  } catch (cause) {
    throw new FileError(`${path} cannot be decoded as ${kind.toUpperCase()}: ${reason(cause as Error)}`, { cause });
  }
}

/** An error whose message ends in a colon goes on in its cause; the PNG decoder runs into the end of its bytes. */
function reason({ message, cause }: Error): string {
  if (/DataView|typed array/.test(message)) return 'its data end early';
  return message.endsWith(':') && cause instanceof Error ? `${message} ${reason(cause)}` : message;
}

function toTensor({ width, height, channels, data }: DecodedImage): Tensor {
  const type = data instanceof Uint16Array ? 'uint16' : 'uint8';
  const kept = channels < 3 ? 1 : 3;
  return tensor(type, kept === 1 ? [height, width] : [height, width, kept], firstChannels(data, channels, kept));
}

/** Keep the first channels of each pixel. */
function firstChannels(data: DecodedImage['data'], channels: number, kept: 1 | 3): DecodedImage['data'] {
  if (kept === channels) return data;
  const pixels = data.length / channels;
  const target = data instanceof Uint16Array ? new Uint16Array(pixels * kept) : new Uint8Array(pixels * kept);
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let c = 0; c < kept; c++) target[pixel * kept + c] = data[pixel * channels + c]!;
  }
  return target;
}
