import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FileError } from '../../src/errors.ts';
import { decodeNpy, encodeNpy, readNpy, writeNpy } from '../../src/tensor/npy.ts';
import { allocate, ELEMENT_TYPES, elementCount, type Tensor, tensor } from '../../src/tensor/tensor.ts';

/** Files hold bfloat16 as float32. */
const NPY_TYPES = ELEMENT_TYPES.filter((type) => type !== 'bfloat16');

/** A .npy file as NumPy writes it, from its dictionary and the hexadecimal digits of its elements. */
function npy(dictionary: string, elements: string, version: 1 | 2 | 3 = 1): Buffer {
  const prefix = version === 1 ? 10 : 12;
  const length = Math.ceil((prefix + dictionary.length + 1) / 64) * 64 - prefix;
  const lengthBytes = Buffer.alloc(prefix - 8);
  lengthBytes.writeUInt16LE(length);
  return Buffer.concat([
    Buffer.from([0x93]),
    Buffer.from('NUMPY'),
    Buffer.from([version, 0]),
    lengthBytes,
    Buffer.from(`${dictionary.padEnd(length - 1)}\n`, 'latin1'),
    Buffer.from(elements.replaceAll(' ', ''), 'hex'),
  ]);
}

const header = (descr: string, shape: string, fortran = false) =>
  `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${shape}, }`;

/** Whole files written by NumPy 1.24. */
const FROM_NUMPY = {
  int8: [
    'k05VTVBZAQB2AHsnZGVzY3InOiAnfGkxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoB/n+AAAM=',
    tensor('int8', [2, 3], Int8Array.of(1, -2, 127, -128, 0, 3)),
  ],
  float64: [
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAEQA==',
    tensor('float64', [], Float64Array.of(2.5)),
  ],
} as const;

describe('whole files from NumPy', () => {
  test.each(Object.entries(FROM_NUMPY))('%s is read, and written back byte for byte', (_, [base64, expected]) => {
    const bytes = Buffer.from(base64, 'base64');
    expect(decodeNpy(bytes, 'x.npy')).toEqual(expected);
    expect(Buffer.from(encodeNpy(expected)).equals(bytes)).toBe(true);
  });
});

describe('reading', () => {
  // Element bytes as NumPy writes them for the values on the right.
  const rows: readonly (readonly [title: string, file: Buffer, expected: Tensor])[] = [
    ['int16', npy(header('<i2', '(2,)'), '0080 ff7f'), tensor('int16', [2], Int16Array.of(-32768, 32767))],
    ['int32', npy(header('<i4', '(1, 2)'), 'feffffff 15cd5b07'), tensor('int32', [1, 2], Int32Array.of(-2, 123456789))],
    [
      'int64',
      npy(header('<i8', '(2,)'), '0000000000000080 ffffffffffffff7f'),
      tensor('int64', [2], BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n)),
    ],
    ['uint8', npy(header('|u1', '(2,)'), '00 ff'), tensor('uint8', [2], Uint8Array.of(0, 255))],
    ['uint16', npy(header('<u2', '(1,)'), 'ffff'), tensor('uint16', [1], Uint16Array.of(65535))],
    ['uint32', npy(header('<u4', '(1,)'), 'ffffffff'), tensor('uint32', [1], Uint32Array.of(2 ** 32 - 1))],
    [
      'uint64',
      npy(header('<u8', '(1,)'), 'ffffffffffffffff'),
      tensor('uint64', [1], BigUint64Array.of(2n ** 64n - 1n)),
    ],
    ['float32', npy(header('<f4', '(2,)'), '000020c0 00000080'), tensor('float32', [2], Float32Array.of(-2.5, -0))],
    ['float16', npy(header('<f2', '(2,)'), '003e 0080'), tensor('float16', [2], Uint16Array.of(0x3e00, 0x8000))],
    ['bool', npy(header('|b1', '(3,)'), '01 00 01'), tensor('bool', [3], Uint8Array.of(1, 0, 1))],
    [
      'big-endian int64',
      npy(header('>i8', '(2,)'), '4000000000000000 ffffffffffffffff'),
      tensor('int64', [2], BigInt64Array.of(2n ** 62n, -1n)),
    ],
    ['big-endian int16', npy(header('>i2', '(1,)'), '1234'), tensor('int16', [1], Int16Array.of(0x1234))],
    ['big-endian float32', npy(header('>f4', '(1,)'), 'c0200000'), tensor('float32', [1], Float32Array.of(-2.5))],
    [
      'Fortran order of rank 2',
      npy(header('<i2', '(2, 3)', true), '0000 0300 0100 0400 0200 0500'),
      tensor('int16', [2, 3], Int16Array.of(0, 1, 2, 3, 4, 5)),
    ],
    [
      'Fortran order of rank 3',
      npy(header('|u1', '(2, 3, 2)', true), '00 06 02 08 04 0a 01 07 03 09 05 0b'),
      tensor(
        'uint8',
        [2, 3, 2],
        Uint8Array.from({ length: 12 }, (_, i) => i),
      ),
    ],
    ['a tensor without elements', npy(header('<u4', '(0, 3)'), ''), tensor('uint32', [0, 3])],
    ['version 2.0', npy(header('|u1', '(1,)'), '07', 2), tensor('uint8', [1], Uint8Array.of(7))],
    ['version 3.0', npy(header('<f4', '(1,)'), '0000c03f', 3), tensor('float32', [1], Float32Array.of(1.5))],
    [
      'the sides that Python 2 wrote',
      npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1L, 2L), }", '01 02'),
      tensor('uint8', [1, 2], Uint8Array.of(1, 2)),
    ],
    [
      'other writers’ key order and quotes',
      npy('{"shape": (2,), "fortran_order": False, "descr": "|u1"}', '01 02'),
      tensor('uint8', [2], Uint8Array.of(1, 2)),
    ],
  ];

  test.each(rows)('%s', (_, file, expected) => {
    expect(decodeNpy(file, 'x.npy')).toEqual(expected);
  });

  test('a view into a larger buffer is read from its own start', () => {
    const file = npy(header('<f8', '(1,)'), '000000000000f83f');
    const inside = Buffer.concat([Buffer.from('abc'), file]).subarray(3);
    expect(decodeNpy(inside, 'x.npy')).toEqual(tensor('float64', [1], Float64Array.of(1.5)));
  });
});

test('what is written reads back bit for bit, NaN payloads included', () => {
  const tensors = fc
    .record({ type: fc.constantFrom(...NPY_TYPES), shape: fc.array(fc.nat(4), { maxLength: 4 }) })
    .chain(({ type, shape }) => {
      const bytes = elementCount(shape) * allocate(type, 0).BYTES_PER_ELEMENT;
      return fc
        .uint8Array({ minLength: bytes, maxLength: bytes, max: type === 'bool' ? 1 : 255 })
        .map((raw) => ({ type, shape, raw }));
    });
  fc.assert(
    fc.property(tensors, ({ type, shape, raw }) => {
      const original = tensor(type, shape);
      new Uint8Array(original.data.buffer).set(raw);
      const copy = decodeNpy(encodeNpy(original), 'x.npy');
      expect({ type: copy.type, shape: copy.shape }).toEqual({ type, shape });
      expect(new Uint8Array(copy.data.buffer)).toEqual(raw);
    }),
  );
});

describe('broken files', () => {
  const intact = npy(header('<i4', '(2, 3)'), '00'.repeat(24));
  const types = 'int8, int16, int32, int64, uint8, uint16, uint32, uint64, float32, float64, float16, bool';
  const keys = "'descr', 'fortran_order' and 'shape'";
  const patched = (offset: number, value: number) => Buffer.from(intact).fill(value, offset, offset + 1);

  test.each([
    [
      Buffer.from('PK\x03\x04zip'),
      'not a .npy file: it must begin with the bytes 93 4e 55 4d 50 59, not with 50 4b 03 04 7a 69 (x.npy)',
    ],
    [Buffer.alloc(0), 'not a .npy file: it must begin with the bytes 93 4e 55 4d 50 59, not with nothing (x.npy)'],
    [patched(6, 4), '.npy format version must be 1.0, 2.0 or 3.0, not 4.0 (x.npy)'],
    [patched(7, 1), '.npy format version must be 1.0, 2.0 or 3.0, not 1.1 (x.npy)'],
    [intact.subarray(0, 7), '.npy header ends early: 10 bytes needed, 7 there (x.npy)'],
    [intact.subarray(0, 9), '.npy header ends early: 10 bytes needed, 9 there (x.npy)'],
    [intact.subarray(0, 100), '.npy header ends early: 128 bytes needed, 100 there (x.npy)'],
    [intact.subarray(0, -1), '.npy elements must fill 24 bytes (int32, shape [2,3]), not 23 (x.npy)'],
    [Buffer.concat([intact, Buffer.alloc(2)]), '.npy elements must fill 24 bytes (int32, shape [2,3]), not 26 (x.npy)'],
    [
      npy(header('<i4', '(99999999999, 99999999999)'), '00'),
      '.npy elements must fill 3.99999999992e+22 bytes (int32, shape [99999999999,99999999999]), not 1 (x.npy)',
    ],
    [npy(header('<f16', '(1,)'), '0000'), `.npy element type must be one of ${types}, not <f16 (x.npy)`],
    [npy(header('|i4', '(1,)'), '00000000'), `.npy element type must be one of ${types}, not |i4 (x.npy)`],
    [npy(header('|O', '(1,)'), '00'), `.npy element type must be one of ${types}, not |O (x.npy)`],
    [
      npy("{'descr': [('x', '<i4')], 'fortran_order': False, 'shape': (1,), }", '00000000'),
      `.npy element type must be one of ${types}, not [(x, <i4)] (x.npy)`,
    ],
    [npy(header('<i4', '(1 2)'), ''), '.npy shape must be a tuple of sides, not (1 2) (x.npy)'],
    [npy(header('<i4', 'True'), ''), '.npy shape must be a tuple of sides, not True (x.npy)'],
    [
      npy("{'descr': '<i4', 'fortran_order': (), 'shape': (1,), }", ''),
      '.npy fortran_order must be True or False, not () (x.npy)',
    ],
    [
      npy(header('<i4', '(-1,)'), ''),
      `.npy header must be a dictionary of ${keys}, not ${header('<i4', '(-1,)')} (x.npy)`,
    ],
    [
      npy("{'descr': '<i4', 'shape': (1,), }", '00000000'),
      `.npy header must be a dictionary of ${keys}, not {'descr': '<i4', 'shape': (1,), } (x.npy)`,
    ],
    [npy('', ''), `.npy header must be a dictionary of ${keys}, not nothing (x.npy)`],
    [npy(header('|b1', '(2,)'), '01 02'), '.npy bool elements must be 0 or 1, not 2 at 1 (x.npy)'],
  ])('are refused in one sentence (%#)', (file, sentence) => {
    expect(() => decodeNpy(file, 'x.npy')).toThrow(new FileError(sentence));
  });

  test('no prefix and no single changed byte of the header makes it fail otherwise', () => {
    fc.assert(
      fc.property(fc.nat(intact.length), fc.nat(127), fc.nat(255), (length, offset, value) => {
        const file = Buffer.from(intact.subarray(0, length));
        if (offset < file.length) file[offset] = value;
        try {
          decodeNpy(file, 'x.npy');
        } catch (error) {
          expect(error).toBeInstanceOf(FileError);
        }
      }),
    );
  });
});

describe('files', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'espalier-npy-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  const value = tensor('int32', [2], Int32Array.of(7, -7));

  test('are replaced as a whole and leave nothing beside them', async () => {
    const inside = await mkdtemp(join(directory, 'replace-'));
    const path = join(inside, 'x.npy');
    await writeFile(path, 'old');
    await writeNpy(path, value);
    expect(await readNpy(path)).toEqual(value);
    expect(await readdir(inside)).toEqual(['x.npy']);
  });

  test('that are symbolic links stay links', async () => {
    await writeFile(join(directory, 'target.npy'), 'old');
    await symlink('target.npy', join(directory, 'link.npy'));
    await writeNpy(join(directory, 'link.npy'), value);
    expect(await readNpy(join(directory, 'target.npy'))).toEqual(value);
  });

  test('that are devices stay devices', async () => {
    await writeNpy('/dev/null', value);
    expect(await readFile('/dev/null', 'utf8')).toBe('');
  });

  test('that are missing or not writable give one sentence', async () => {
    const missing = join(directory, 'nowhere', 'x.npy');
    await expect(readNpy(missing)).rejects.toThrow(new FileError(`cannot read ${missing}: no such file or directory`));
    await expect(writeNpy(missing, value)).rejects.toThrow(
      new FileError(`cannot write ${missing}: no such file or directory`),
    );
    await expect(readNpy(directory)).rejects.toThrow(
      new FileError(`cannot read ${directory}: illegal operation on a directory`),
    );
    await expect(writeNpy(directory, value)).rejects.toThrow(
      new FileError(`cannot write ${directory}: illegal operation on a directory`),
    );
  });
});
