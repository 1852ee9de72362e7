import { crc32, deflateSync } from 'node:zlib';
import type { DataSet } from './data-set.ts';
import { SIDE } from './draw.ts';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const GREY_8_BIT = [8, 0, 0, 0, 0] as const;

/** Print images side by side, dark on light, as a PNG file of `columns` images a row. */
export function contactSheet({ images, count }: DataSet, columns: number): Buffer {
  const width = columns * SIDE;
  const height = Math.ceil(count / columns) * SIDE;
  // Each row of pixels begins with its filter: 0, none.
  const pixels = Buffer.alloc(height * (width + 1), 255);
  for (let y = 0; y < height; y++) pixels[y * (width + 1)] = 0;
  for (let i = 0; i < images.length; i++) {
    const image = Math.floor(i / (SIDE * SIDE));
    const x = (image % columns) * SIDE + (i % SIDE);
    const y = Math.floor(image / columns) * SIDE + (Math.floor(i / SIDE) % SIDE);
    pixels[y * (width + 1) + 1 + x] = Math.round(255 * (1 - images[i]!));
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set(GREY_8_BIT, 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
