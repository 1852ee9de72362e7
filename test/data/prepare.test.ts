import { describe, expect, test } from 'vitest';
import { parsePreprocess } from '../../src/data/parse-preprocess.ts';
import { preparer } from '../../src/data/prepare.ts';
import { CastingError, OperandError } from '../../src/errors.ts';
import { type Tensor, tensor } from '../../src/tensor/tensor.ts';

const prepare = (item: Tensor, text: string) => preparer(parsePreprocess(text))(item, 'x.npy item 3');
const bytes = (shape: readonly number[], hex: string) =>
  tensor('uint8', shape, Uint8Array.from(Buffer.from(hex, 'hex')));

const RAMP = tensor(
  'uint8',
  [256],
  Uint8Array.from({ length: 256 }, (_, at) => at),
);
/** Two rows of three pixels; each byte says row, column and channel. */
const COLOUR = bytes([2, 3, 3], '000102101112202122 808182909192a0a1a2'.replace(' ', ''));

describe('numbers are computed as NumPy does with float32:', () => {
  test('scale 1/255 gives the float32 nearest to each byte/255, which a product would not', () => {
    expect(prepare(RAMP, 'scale 1/255').data).toEqual(Float32Array.from(RAMP.data as Uint8Array, (byte) => byte / 255));
    const products = prepare(RAMP, 'scale 0.00392156862745098').data;
    expect(products).toEqual(Float32Array.from(RAMP.data as Uint8Array, (byte) => byte * Math.fround(1 / 255)));
    expect(products).not.toEqual(prepare(RAMP, 'scale 1/255').data);
  });

  // np.uint32 views of ((a.astype(np.float32) / np.float32(255)) - np.float32(0.485)) / np.float32(0.229)
  test('each step is rounded', () => {
    const { data } = prepare(tensor('uint8', [4], Uint8Array.of(0, 1, 100, 255)), 'scale 1/255, mean 0.485, std 0.229');
    const bits = new Uint32Array(data.buffer);
    expect([...bits]).toEqual([0xc0078bbd, 0xc006732b, 0xbecf9456, 0x400fee1d]);
  });

  test('with dtype float64 all of it is float64', () => {
    const { type, data } = prepare(RAMP, 'scale 1/255, mean 0.1307, std 0.3081, dtype float64');
    expect(type).toBe('float64');
    expect(data[77]).toBe((77 / 255 - 0.1307) / 0.3081);
  });

  test('bfloat16 and float16 are rounded once at the end', () => {
    // 0.3019608 lies between the bfloat16 0.30078125 (0x3e9a) and 0.302734375 (0x3e9b), nearer to the second.
    expect(prepare(RAMP, 'scale 1/255, dtype bfloat16').data[77]).toBe(0x3e9b);
    expect(prepare(RAMP, 'scale 1/255, dtype float16').data[255]).toBe(0x3c00);
  });

  test('integers are cast exactly, and whole numbers stay whole', () => {
    expect(prepare(RAMP, 'mean 128, dtype int8')).toEqual(
      tensor(
        'int8',
        [256],
        Int8Array.from({ length: 256 }, (_, at) => at - 128),
      ),
    );
    expect(() => prepare(RAMP, 'dtype int8')).toThrow(
      new CastingError('x.npy item 3[128] = 128 does not fit int8 exactly'),
    );
    expect(() => prepare(RAMP, 'scale 1/255, dtype int8')).toThrow(CastingError);
    const tenth = tensor('float64', [1], Float64Array.of(0.1));
    expect(() => prepare(tenth, 'dtype float32')).toThrow(
      new CastingError('x.npy item 3[0] = 0.1 does not fit float32 exactly'),
    );
    expect(prepare(tenth, 'scale 1').data).toEqual(Float32Array.of(0.1));
  });

  test('items that are no images take what needs none', () => {
    const item = tensor('int64', [1, 2, 1, 2], BigInt64Array.of(1n, 2n, 3n, 4n));
    expect(prepare(item, 'mean 1, std 2')).toEqual(tensor('float32', [1, 2, 1, 2], Float32Array.of(0, 0.5, 1, 1.5)));
  });
});

/** An item of these sides, what is done to it, and the sides of the result. */
const SHAPES: readonly (readonly [from: readonly number[], text: string, to: readonly number[]])[] = [
  [[28, 28], 'nchw', [1, 28, 28]],
  [[28, 28], 'nhwc', [28, 28, 1]],
  [[28, 28], 'gray', [28, 28]],
  [[28, 28], 'rgb', [28, 28, 3]],
  [[28, 28], 'rgb, nchw', [3, 28, 28]],
  [[5, 7, 3], 'nchw', [3, 5, 7]],
  [[5, 7, 3], 'gray', [5, 7]],
  [[5, 7, 3], 'gray, nhwc', [5, 7, 1]],
  [[5, 7, 1], 'size 4x3', [3, 4, 1]],
  [[5, 7], 'size 4x3', [3, 4]],
  [[3, 5, 7], 'from nchw', [3, 5, 7]],
  [[3, 5, 7], 'from nchw, nhwc', [5, 7, 3]],
  [[3, 5, 7], 'from nchw, size 2x2', [3, 2, 2]],
  [[1, 5, 7], 'from nchw, rgb', [3, 5, 7]],
  [[5, 7, 3], 'size 10', [10, 14, 3]],
  [[7, 5, 3], 'size 3, crop 3x3, nchw', [3, 3, 3]],
];

describe('sides become', () => {
  test.each(SHAPES)('%j, %s: %j', (from, text, to) => {
    expect(prepare(tensor('uint8', from), text).shape).toEqual(to);
  });
});

describe('channels', () => {
  test('go to the front and back, in either order', () => {
    const planes = '001020 8090a0 011121 8191a1 021222 8292a2'.replaceAll(' ', '');
    expect(prepare(COLOUR, 'nchw')).toEqual(bytes([3, 2, 3], planes));
    expect(prepare(bytes([3, 2, 3], planes), 'from nchw, nhwc')).toEqual(COLOUR);
    expect(prepare(COLOUR, 'bgr')).toEqual(bytes([2, 3, 3], '020100121110222120828180929190a2a1a0'));
    expect(prepare(bytes([1, 2], '0708'), 'rgb')).toEqual(bytes([1, 2, 3], '070707080808'));
  });

  test('each have their mean and std, in the order that they end in', () => {
    const item = bytes([1, 1, 3], '0a141e');
    expect(prepare(item, 'mean 1 2 3').data).toEqual(Float32Array.of(9, 18, 27));
    expect(prepare(item, 'bgr, nchw, mean 1 2 3, std 1 2 1').data).toEqual(Float32Array.of(29, 9, 7));
  });

  test('become the gray that Pillow makes of them', () => {
    const item = bytes([1, 6, 3], 'ff000000ff000000ffffffff0000000a141e');
    expect(prepare(item, 'gray')).toEqual(bytes([1, 6], '4c961dff0012'));
  });
});

describe('sizes', () => {
  // From Pillow 12.3: Image.fromarray(a).resize((4, 3), BILINEAR), and .convert('L').resize((11, 7), BILINEAR).
  const [rows, columns] = [6, 9];
  const item = tensor(
    'uint8',
    [rows, columns, 3],
    Uint8Array.from({ length: rows * columns * 3 }, (_, at) => {
      const [y, x] = [Math.floor(at / 3 / columns), Math.floor(at / 3) % columns];
      return [x * 28, y * 50, (x * y * 5) % 256][at % 3]!;
    }),
  );

  test('change as Pillow changes them, to the last bit', () => {
    expect(prepare(item, 'size 4x3')).toEqual(
      bytes([3, 4, 3], '17240350240a902412c9241a177d0a507d24907d40c97d5a17d61250d63d90d66ec9d699'),
    );
    expect(prepare(item, 'gray, size 11x7')).toEqual(
      bytes(
        [7, 11],
        '00060d141a21282f363d43171e252c333a414950575e30373e464e565d656c747b4a51586169717881899198626a727b838b949ca5aeb57b838c959ea7b0b8c1cad2939ba4adb6c0c9d2dbe4ed',
      ),
    );
  });

  test('are cut out of the middle, odd margins as torchvision splits them', () => {
    const line = (width: number) =>
      tensor(
        'uint8',
        [1, width],
        Uint8Array.from({ length: width }, (_, at) => at),
      );
    expect([...prepare(line(4), 'crop 2x1').data]).toEqual([1, 2]);
    // round(0.5) is 0 and round(1.5) is 2 in Python.
    expect([...prepare(line(3), 'crop 2x1').data]).toEqual([0, 1]);
    expect([...prepare(line(5), 'crop 2x1').data]).toEqual([2, 3]);
    expect(prepare(COLOUR, 'crop 1x2')).toEqual(bytes([2, 1, 3], '101112909192'));
  });
});

const IMAGE = 'an image must be [H, W] or [H, W, C] with 1 or 3 channels';

/** What is wrong, the item, what is to be done to it, and the sentence. */
const REFUSED: readonly (readonly [claim: string, item: Tensor, text: string, sentence: string])[] = [
  [
    'channels in front without a word about them',
    tensor('uint8', [1, 28, 28]),
    'nchw',
    `${IMAGE}, received [1, 28, 28] (x.npy item 3); "from nchw" reads items as [C, H, W]`,
  ],
  ['an item that is no image', tensor('uint8', [5]), 'gray', `${IMAGE}, received [5] (x.npy item 3)`],
  [
    'channels behind that were said to be in front',
    tensor('uint8', [28, 28, 3]),
    'from nchw',
    'an image must be [H, W] or [C, H, W] with 1 or 3 channels, received [28, 28, 3] (x.npy item 3)',
  ],
  [
    'three means for one channel',
    tensor('uint8', [2, 2]),
    'mean 1 2 3',
    '3 numbers of "mean" or "std" need an image with 3 channels, received 1 (x.npy item 3)',
  ],
  [
    'colours of floating point that are to be gray',
    tensor('float32', [2, 2, 3]),
    'gray',
    '"gray" needs colours of uint8 or uint16, received float32 (x.npy item 3)',
  ],
  [
    'an image of floating point that is to change its size',
    tensor('float32', [2, 2]),
    'size 3x3',
    '"size" resizes images of uint8, received float32 (x.npy item 3)',
  ],
  [
    'a crop of more than there is',
    tensor('uint8', [2, 3]),
    'crop 3x3',
    '"crop 3x3" needs an image at least as large, received 3x2 (x.npy item 3)',
  ],
  ['bools', tensor('bool', [2]), 'dtype int8', 'x.npy item 3 must hold numbers, received bool'],
];

describe('one sentence refuses', () => {
  test.each(REFUSED)('%s', (_, item, text, sentence) => {
    expect(() => prepare(item, text)).toThrow(new OperandError(sentence));
  });
});
