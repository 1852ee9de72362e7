import { convertIndexedToRgb, decode } from 'fast-png';
import type { DecodedImage } from './decode-image.ts';

/** Where a PNG file holds the bits of a sample and whether it is interlaced. Source: PNG (third edition), 11.2.1. */
const [DEPTH_AT, INTERLACE_AT] = [24, 28] as const;

/**
 * Decode a PNG file. Palettes become colours; 1, 2 and 4 bits of gray become 8, with white at 255.
 * @throws {Error} saying why it cannot.
 */
export function decodePng(bytes: Uint8Array): DecodedImage {
  if (bytes[DEPTH_AT]! < 8 && bytes[INTERLACE_AT] === 1) {
    throw new Error('interlaced images of fewer than 8 bits are not supported');
  }
  const image = decode(bytes, { checkCrc: true });
  const { width, height, depth, palette } = image;
  const channels = image.channels as DecodedImage['channels'];
  if (palette && channels === 1) {
    return { width, height, channels: palette[0]!.length as 3 | 4, data: convertIndexedToRgb(image) };
  }
  const data = depth < 8 ? unpack(image.data as Uint8Array, width, height, depth) : samples(image.data);
  if (data.length !== width * height * channels) throw new Error('its data end early');
  return { width, height, channels, data };
}

/** Rows of narrow samples begin with a new byte each, the first sample in the upper bits. */
function unpack(packed: Uint8Array, width: number, height: number, depth: number): Uint8Array {
  const rowBytes = Math.ceil((width * depth) / 8);
  const largest = 2 ** depth - 1;
  const data = new Uint8Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const bit = x * depth;
      const byte = packed[y * rowBytes + (bit >> 3)]!;
      data[at] = ((byte >> (8 - depth - (bit & 7))) & largest) * (255 / largest);
    }
  }
  return data;
}

function samples(data: Uint8Array | Uint8ClampedArray | Uint16Array): Uint8Array | Uint16Array {
  return data instanceof Uint8ClampedArray ? new Uint8Array(data) : data;
}
