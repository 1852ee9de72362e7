import { readdir, readlink } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { batches } from '../../src/data/batches.ts';
import { type DataOptions, openData } from '../../src/data/open-data.ts';
import { FileError, OperandError } from '../../src/errors.ts';
import { encode } from '../../src/onnx/file/messages.ts';
import { encodeTensor } from '../../src/onnx/file/tensor-proto.ts';
import { encodeNpy } from '../../src/tensor/npy.ts';
import { writeNpz } from '../../src/tensor/npz.ts';
import { type Tensor, tensor } from '../../src/tensor/tensor.ts';
import { type Folder, idx, openFolder, readAll } from './support/folder.ts';

let folder: Folder;
beforeAll(async () => {
  folder = await openFolder();
});
afterAll(() => folder.remove());

const THREE = tensor('int16', [3, 2], Int16Array.of(1, -2, 300, -400, 5, 6));
const NPY = encodeNpy(THREE);

/** The same elements, the first index fastest, as NumPy writes such an array. */
const FORTRAN = Buffer.concat([
  Buffer.from(Buffer.from(NPY.subarray(0, 128)).toString('latin1').replace('False, ', 'True,  '), 'latin1'),
  Buffer.from(Int16Array.of(1, 300, 5, -2, -400, 6).buffer),
]);

const ARRAYS: readonly (readonly [claim: string, name: string, bytes: Uint8Array, options?: DataOptions])[] = [
  ['.npy', 'x.npy', NPY],
  ['.npy of Fortran order', 'fortran.npy', FORTRAN],
  ['.npy by its content alone', 'data', NPY],
  ['.npy packed with gzip', 'x.npy.gz', gzipSync(NPY)],
  ['TensorProto', 'x.pb', encode('TensorProto', encodeTensor(THREE, 'x'))],
  ['IDX', 'x-idx2-short', idx(0x0b, [3, 2], '0001 fffe 012c fe70 0005 0006')],
  ['IDX packed with gzip', 'x.gz', gzipSync(idx(0x0b, [3, 2], '0001 fffe 012c fe70 0005 0006'))],
  ['raw', 'x.raw', Buffer.from('0100feff2c0170fe05000600', 'hex'), { shape: [3, 2], dtype: 'int16' }],
];

describe('an array is read whole and in part from', () => {
  test.each(ARRAYS.map(([claim, name, bytes, options]) => [claim, name, bytes, options] as const))(
    '%s',
    async (_, name, bytes, options) => {
      const source = await openData(await folder.write(name, bytes), options);
      expect({ ...source, read: null, close: null }).toMatchObject({ count: 3, shape: [2], type: 'int16' });
      expect(await source.read(0, 3)).toEqual(THREE);
      expect(await source.read(1, 1)).toEqual(tensor('int16', [1, 2], Int16Array.of(300, -400)));
      expect(await source.read(3, 0)).toEqual(tensor('int16', [0, 2]));
      const parts: [number, readonly number[]][] = [];
      for await (const { first, batch } of batches(source, 2)) parts.push([first, batch.shape]);
      expect(parts).toEqual([
        [0, [2, 2]],
        [2, [1, 2]],
      ]);
      await source.close();
    },
  );

  test('.npz, its only member or a named one', async () => {
    const [one, two] = [folder.at('one.npz'), folder.at('two.npz')];
    await writeNpz(one, { x: THREE });
    await writeNpz(two, { 'a/b': tensor('uint8', [1, 1]), x: THREE });
    expect(await readAll(one)).toEqual(THREE);
    expect(await readAll(`${two}:x`)).toEqual(THREE);
    expect(await readAll(`${two}:a/b`)).toEqual(tensor('uint8', [1, 1]));
  });
});

const IDX_TYPES: readonly (readonly [code: number, elements: string, expected: Tensor])[] = [
  [0x08, '00 ff', tensor('uint8', [2], Uint8Array.of(0, 255))],
  [0x09, '80 7f', tensor('int8', [2], Int8Array.of(-128, 127))],
  [0x0b, '8000 1234', tensor('int16', [2], Int16Array.of(-32768, 0x1234))],
  [0x0c, '80000000 075bcd15', tensor('int32', [2], Int32Array.of(-(2 ** 31), 123456789))],
  [0x0d, 'c0200000 80000000', tensor('float32', [2], Float32Array.of(-2.5, -0))],
  [0x0e, 'c004000000000000 3ff0000000000000', tensor('float64', [2], Float64Array.of(-2.5, 1))],
];

describe('IDX holds', () => {
  test.each(IDX_TYPES)('element type %i', async (code, elements, expected) => {
    expect(await readAll(await folder.write(`type-${code}`, idx(code, [2], elements)))).toEqual(expected);
  });
});

test('only the bytes of a batch are read', async () => {
  const path = await folder.write('shrinks.npy', NPY);
  const source = await openData(path);
  // What lies behind the batch is gone; the batch itself is not missed.
  await folder.write('shrinks.npy', NPY.subarray(0, 128 + 8));
  expect((await source.read(0, 2)).data).toEqual(Int16Array.of(1, -2, 300, -400));
  await expect(source.read(1, 2)).rejects.toThrow(new FileError(`${path} ends early: 140 bytes needed, 136 there`));
  await source.close();
});

const isLinux = process.platform === 'linux';
test.skipIf(!isLinux)('no file stays open after close, nor after a refusal (skipped but on Linux)', async () => {
  const path = await folder.write('closed.npy', NPY);
  const opened = async () => {
    const links = await readdir('/proc/self/fd');
    const targets = await Promise.all(links.map((link) => readlink(`/proc/self/fd/${link}`).catch(() => '')));
    return targets.filter((target) => target === path).length;
  };
  const source = await openData(path);
  expect(await opened()).toBe(1);
  await source.close();
  await expect(openData(path, { preprocess: 'rgb' })).rejects.toThrow(OperandError);
  await expect(openData(path, { shape: [1], dtype: 'int8' })).rejects.toThrow(FileError);
  expect(await opened()).toBe(0);
});

const MAGIC =
  'an IDX file must begin with the bytes 00 00, an element type (08, 09, 0b, 0c, 0d, 0e) and the number of axes';
const FORMATS =
  'data must be .npy, .npz, TensorProto .pb, IDX, PNG or JPEG, a folder of images, or raw with a shape and a dtype';

/** What is wrong, the file, and the sentence about it; @ stands for its path. */
const BROKEN: readonly (readonly [
  claim: string,
  name: string,
  bytes: Uint8Array | string,
  sentence: string,
  options?: DataOptions,
])[] = [
  [
    'an IDX file that ends early',
    'a',
    idx(8, [2, 2], '00 01 02'),
    'IDX elements must fill 4 bytes (uint8, shape [2,2]), not 3 (@)',
  ],
  [
    'an IDX file with bytes behind',
    'b',
    idx(8, [2], '00 01 02'),
    'IDX elements must fill 2 bytes (uint8, shape [2]), not 3 (@)',
  ],
  [
    'an IDX header that ends early',
    'c',
    idx(8, [2, 2], '').subarray(0, 9),
    'IDX header ends early: 12 bytes needed, 9 there (@)',
  ],
  ['an IDX element type that is none', 'd', idx(0x0a, [1], '00'), `${MAGIC}, not with 00 00 0a 01 (@)`],
  ['a file that only its name calls IDX', 'e-idx3-ubyte', 'hello', `${MAGIC}, not with 68 65 6c 6c (@)`],
  [
    'a packed file that ends early',
    'f.gz',
    gzipSync(idx(8, [2], '00 01')).subarray(0, 20),
    'cannot decompress @: unexpected end of file',
  ],
  [
    'an .npy file that ends early',
    'g.npy',
    NPY.subarray(0, 135),
    '.npy elements must fill 12 bytes (int16, shape [3,2]), not 7 (@)',
  ],
  ['an .npz file that is none', 'h.npz', 'hello', 'not a .npz file: invalid zip data (@)'],
  ['a TensorProto that is none', 'i.pb', 'hello', '@ is not an ONNX tensor: it cannot be parsed'],
  ['a file of no known format', 'j.txt', 'hello', `${FORMATS}; @ begins with 68 65 6c 6c 6f`],
  ['an empty file', 'k', '', `${FORMATS}; @ begins with nothing`],
  [
    'a single element',
    'l.npy',
    encodeNpy(tensor('int8', [])),
    'data must have an axis of items in front, received a single element (@)',
  ],
  [
    'an array without items',
    'm.npy',
    encodeNpy(tensor('int8', [0, 2])),
    'data must have at least one item, @ has none',
  ],
  [
    'a raw file of another size',
    'n',
    new Uint8Array(11),
    'raw elements must fill 12 bytes (int16, shape [3,2]), not 11 (@)',
    { shape: [3, 2], dtype: 'int16' },
  ],
  [
    'a raw file without a dtype',
    'o',
    '',
    'a raw file needs a shape and a dtype, received a shape without a dtype (@)',
    { shape: [3] },
  ],
  [
    'a raw file without a shape',
    'p',
    '',
    'a raw file needs a shape and a dtype, received a dtype without a shape (@)',
    { dtype: 'int8' },
  ],
  [
    'a raw shape with a fraction',
    'q',
    '',
    'the shape of a raw file must be whole numbers, received [1.5] (@)',
    { shape: [1.5], dtype: 'int8' },
  ],
  [
    'a raw bool that is none',
    'r',
    Uint8Array.of(0, 1, 2),
    'raw bool elements must be 0 or 1, not 2 at 2 (@)',
    { shape: [3], dtype: 'bool' },
  ],
];

describe('one sentence refuses', () => {
  test.each(BROKEN.map(([claim, name, bytes, said, options]) => [claim, name, bytes, said, options] as const))(
    '%s',
    async (_, name, bytes, sentence, options) => {
      const path = await folder.write(name, bytes);
      await expect(readAll(path, options)).rejects.toThrow(new FileError(sentence.replace('@', path)));
    },
  );

  test('a file that is missing', async () => {
    const path = folder.at('nowhere.npy');
    await expect(openData(path)).rejects.toThrow(new FileError(`cannot read ${path}: no such file or directory`));
  });

  test('a member that is missing or not named, with the members there are', async () => {
    const path = folder.at('members.npz');
    await writeNpz(path, { x: THREE, y: THREE });
    await expect(openData(`${path}:z`)).rejects.toThrow(
      new FileError(`no member "z" in ${path}; its members are x, y`),
    );
    await expect(openData(path)).rejects.toThrow(
      new FileError(`one of the 2 members must be named, as in ${path}:x; ${path} has x, y`),
    );
  });

  test('items beyond the last', async () => {
    const path = await folder.write('range.npy', NPY);
    const source = await openData(path);
    const refused = (first: number, count: number) =>
      new OperandError(`${path} has items 0 to 2, received ${count} items from ${first} on`);
    await expect(source.read(2, 2)).rejects.toThrow(refused(2, 2));
    await expect(source.read(-1, 1)).rejects.toThrow(refused(-1, 1));
    await expect(source.read(0.5, 1)).rejects.toThrow(refused(0.5, 1));
    await source.close();
  });
});
