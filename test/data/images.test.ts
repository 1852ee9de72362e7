import { encode, type ImageData } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openData } from '../../src/data/open-data.ts';
import { FileError } from '../../src/errors.ts';
import { tensor } from '../../src/tensor/tensor.ts';
import { type Folder, openFolder, readAll } from './support/folder.ts';
import { CMYK_JPEG, COLOUR_JPEG, COLOUR_JPEG_PIXELS, GRAY_JPEG, GRAY_JPEG_PIXELS } from './support/jpeg-files.ts';

let folder: Folder;
beforeAll(async () => {
  folder = await openFolder();
});
afterAll(() => folder.remove());

const gray = (width: number, height: number, first = 0) =>
  encode({ width, height, channels: 1, data: Uint8Array.from({ length: width * height }, (_, at) => first + at) });

const RGB = Uint8Array.of(1, 2, 3, 4, 5, 6);

/** PNG files of 2×1 pixels and the item that they become. */
const PNGS: readonly (readonly [
  claim: string,
  image: Omit<ImageData, 'width' | 'height'>,
  shape: number[],
  data: Uint8Array | Uint16Array,
])[] = [
  ['gray', { channels: 1, data: Uint8Array.of(7, 9) }, [1, 2], Uint8Array.of(7, 9)],
  ['gray with alpha, which is dropped', { channels: 2, data: Uint8Array.of(7, 1, 9, 2) }, [1, 2], Uint8Array.of(7, 9)],
  ['colour', { channels: 3, data: RGB }, [1, 2, 3], RGB],
  ['colour with alpha, which is dropped', { channels: 4, data: Uint8Array.of(1, 2, 3, 0, 4, 5, 6, 9) }, [1, 2, 3], RGB],
  ['gray of 16 bits', { channels: 1, depth: 16, data: Uint16Array.of(7, 0x1234) }, [1, 2], Uint16Array.of(7, 0x1234)],
  ['colour of 16 bits', { channels: 3, depth: 16, data: Uint16Array.from(RGB) }, [1, 2, 3], Uint16Array.from(RGB)],
];

describe('a PNG file of', () => {
  test.each(PNGS)('%s', async (claim, image, shape, data) => {
    const name = `${claim.replaceAll(' ', '-')}.png`;
    const type = data instanceof Uint16Array ? 'uint16' : 'uint8';
    const expected = tensor(type, [1, ...shape], data);
    expect(await readAll(await folder.write(name, encode({ width: 2, height: 1, ...image })))).toEqual(expected);
    const interlaced = encode({ width: 2, height: 1, ...image }, { interlace: 'Adam7' });
    expect(await readAll(await folder.write(`interlaced-${name}`, interlaced))).toEqual(expected);
  });

  // Written by Pillow 12.3.
  test('one bit of gray, white at 255', async () => {
    const bytes = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAkAAAACAQAAAACiLct+AAAADklEQVR4nGPcdI4hkQEAB4AB4ziww2AAAAAASUVORK5CYII=',
      'base64',
    );
    const bits = [
      [1, 0, 1, 1, 0, 0, 1, 0, 1],
      [0, 1, 1, 0, 0, 0, 0, 1, 0],
    ];
    const white = Uint8Array.from(bits.flat(), (bit) => 255 * bit);
    expect(await readAll(await folder.write('bits.png', bytes))).toEqual(tensor('uint8', [1, 2, 9], white));
    bytes[28] = 1;
    await expect(openData(await folder.write('bits-adam7.png', bytes))).rejects.toThrow(
      'bits-adam7.png cannot be decoded as PNG: interlaced images of fewer than 8 bits are not supported',
    );
  });

  test('a palette of 4 bits, as colours', async () => {
    const bytes = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACBAMAAABvWnspAAAAMFBMVEUAAP8JCAcBAgMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAActBn+AAAADklEQVR4nGMU+sfAxAAABGIBFMfmfm4AAAAASUVORK5CYII=',
      'base64',
    );
    const colours = Uint8Array.of(9, 8, 7, 1, 2, 3, 9, 8, 7, 0, 0, 255, 1, 2, 3, 0, 0, 255);
    expect(await readAll(await folder.write('palette.png', bytes))).toEqual(tensor('uint8', [1, 2, 3, 3], colours));
  });
});

describe('a JPEG file has the pixels that Pillow sees, in', () => {
  test.each([
    ['colour', COLOUR_JPEG, tensor('uint8', [1, 6, 9, 3], COLOUR_JPEG_PIXELS)],
    ['gray', GRAY_JPEG, tensor('uint8', [1, 6, 9], GRAY_JPEG_PIXELS)],
  ])('%s', async (name, bytes, expected) => {
    expect(await readAll(await folder.write(`${name}.jpg`, bytes))).toEqual(expected);
  });
});

describe('a folder', () => {
  test('gives its images in natural order, and nothing else', async () => {
    for (const [name, first] of [
      ['img10.png', 100],
      ['img2.png', 20],
      ['img1.PNG', 10],
    ] as const) {
      await folder.write(`order/${name}`, gray(2, 1, first));
    }
    await folder.write('order/labels.csv', '1');
    await folder.write('order/.hidden.png', 'hello');
    await folder.write('order/more.png/x.png', gray(3, 1));
    const source = await openData(folder.at('order'));
    expect(await source.read(0, 3)).toEqual(tensor('uint8', [3, 1, 2], Uint8Array.of(10, 11, 20, 21, 100, 101)));
    expect((await source.read(2, 1)).data).toEqual(Uint8Array.of(100, 101));
  });

  test('of mixed sizes and channels needs them made alike', async () => {
    const first = await folder.write('mixed/1.png', gray(2, 2));
    const second = await folder.write('mixed/2.png', gray(3, 2));
    const third = await folder.write('mixed/3.jpg', COLOUR_JPEG);
    const path = folder.at('mixed');
    const source = await openData(path);
    expect((await source.read(0, 1)).shape).toEqual([1, 2, 2]);
    const like = 'all items must be uint8 [2, 2] like the first, received uint8';
    await expect(source.read(0, 2)).rejects.toThrow(
      new FileError(`${like} [2, 3] (${second}); "size WxH" makes sizes alike`),
    );
    await expect(source.read(2, 1)).rejects.toThrow(
      new FileError(`${like} [6, 9, 3] (${third}); "gray" or "rgb" makes channels alike`),
    );
    expect((await readAll(path, { preprocess: 'size 4x5, rgb' })).shape).toEqual([3, 5, 4, 3]);
    expect((await readAll(path, { preprocess: 'crop 2x2, gray, nchw' })).shape).toEqual([3, 1, 2, 2]);
    await expect(readAll(path, { preprocess: 'crop 3x2, gray' })).rejects.toThrow(
      `"crop 3x2" needs an image at least as large, received 2x2 (${first})`,
    );
    await folder.write('deep/1.png', gray(1, 1));
    await folder.write('deep/2.png', encode({ width: 1, height: 1, channels: 1, depth: 16, data: Uint16Array.of(5) }));
    await expect(readAll(folder.at('deep'))).rejects.toThrow('images of 8 and of 16 bits cannot be mixed');
  });

  test('without images is refused', async () => {
    await folder.write('empty/x.txt', '');
    await expect(openData(folder.at('empty'))).rejects.toThrow(
      new FileError(`a folder of images must hold .png, .jpg or .jpeg files, ${folder.at('empty')} has none`),
    );
  });
});

const PNG = gray(20, 20);
const flipped = Uint8Array.from(PNG, (byte, at) => (at === 60 ? byte ^ 1 : byte));

/** What is wrong, the file, and why it cannot be decoded. */
const BROKEN: readonly (readonly [claim: string, name: string, bytes: Uint8Array | string, reason: RegExp])[] = [
  ['a PNG file that is none', 'a.png', 'hello', /^.* cannot be decoded as PNG: wrong PNG signature$/],
  ['a PNG file that ends early', 'b.png', PNG.subarray(0, 50), /^.* cannot be decoded as PNG: .*its data end early$/],
  ['a PNG file with a wrong bit', 'c.png', flipped, /^.* cannot be decoded as PNG: .+$/],
  [
    'a JPEG file that is none',
    'd.jpg',
    'hello',
    /^.* cannot be decoded as JPEG: Not a JPEG file: starts with 0x68 0x65$/,
  ],
  [
    'a JPEG file that ends early',
    'e.jpg',
    COLOUR_JPEG.subarray(0, 330),
    /^.* cannot be decoded as JPEG: Premature end of JPEG file$/,
  ],
  ['a JPEG file in CMYK', 'f.jpg', CMYK_JPEG, /^.* cannot be decoded as JPEG: Unsupported color conversion request$/],
];

describe('one sentence refuses', () => {
  test.each(BROKEN)('%s, and the next image is read', async (_, name, bytes, reason) => {
    await expect(openData(await folder.write(name, bytes))).rejects.toThrow(reason);
    const good = await folder.write('good.jpg', GRAY_JPEG);
    expect((await readAll(good)).data).toEqual(GRAY_JPEG_PIXELS);
  });
});
