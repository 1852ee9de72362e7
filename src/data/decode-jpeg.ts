import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { DecodedImage } from './decode-image.ts';

/** What is used of the decoder: the library's own types name ones of browsers. */
interface Decoder {
  decode(bytes: Uint8Array, preserveOrientation: boolean): { width: number; height: number; data: Uint8ClampedArray };
}

interface Running {
  readonly decoder: Decoder;
  /** What it has said about the current image. */
  readonly said: string[];
}

/** Libjpeg only warns of a file that ends early, and fills the rest with gray. */
const ENDS_EARLY = /^Premature end/;

/** Markers among those of frame headers that are none. */
const NO_FRAMES = new Set([0xc4, 0xc8, 0xcc]);

let running: Promise<Running> | null = null;

/**
 * Decode a JPEG file with libjpeg (in WebAssembly), so that its pixels are those that Pillow, torchvision and OpenCV see.
 * @throws {Error} saying why it cannot.
 */
export async function decodeJpeg(bytes: Uint8Array): Promise<DecodedImage> {
  running ??= start();
  const { decoder, said } = await running;
  said.length = 0;
  try {
    const { width, height, data } = decoder.decode(bytes, false);
    const warning = said.find((line) => ENDS_EARLY.test(line));
    if (warning !== undefined) throw new Error(warning);
    const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return isGray(bytes)
      ? { width, height, channels: 1, data: every4th(pixels) }
      : { width, height, channels: 4, data: pixels };
  } catch (error) {
    // Libjpeg has left as a program would; the next image needs a new one.
    running = null;
    throw said.length > 0 ? new Error(said.join(', '), { cause: error }) : error;
  }
}

async function start(): Promise<Running> {
  const require = createRequire(import.meta.url);
  const { default: create } = await import('@jsquash/jpeg/codec/dec/mozjpeg_dec.js');
  const wasmBinary = await readFile(require.resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'));
  const said: string[] = [];
  const options = { wasmBinary, printErr: (line: string) => said.push(line) };
  return { decoder: (await create(options as never)) as unknown as Decoder, said };
}

function every4th(data: Uint8Array): Uint8Array {
  const target = new Uint8Array(data.length / 4);
  for (let at = 0; at < target.length; at++) target[at] = data[4 * at]!;
  return target;
}

/** Find the number of components in the frame header, SOF0 to SOF15. Source: ITU-T T.81, B.2.2. */
function isGray(bytes: Uint8Array): boolean {
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) return false;
    const marker = bytes[at + 1]!;
    if (marker >= 0xc0 && marker <= 0xcf && !NO_FRAMES.has(marker)) return bytes[at + 9] === 1;
    at += marker === 0xff ? 1 : 2 + bytes[at + 2]! * 256 + bytes[at + 3]!;
  }
  return false;
}
