import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FileError } from '../../src/errors.ts';
import { encodeNpy } from '../../src/tensor/npy.ts';
import { readNpz, writeNpz } from '../../src/tensor/npz.ts';
import { tensor } from '../../src/tensor/tensor.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'espalier-npz-'));
});
afterAll(() => rm(folder, { recursive: true }));

const X = tensor('int16', [2, 2], Int16Array.of(1, -2, 300, -400));
const Y = tensor('float32', [], Float32Array.of(0.5));

/** Written by NumPy 2.4 (zlib): savez_compressed(x=np.array([[1, -2], [300, -400]], 'i2'), y=np.float32(0.5)). */
const FROM_NUMPY =
  'UEsDBC0AAAAIAAAAIQBYYi0t//////////8FABQAeC5ucHkBABAAiAAAAAAAAABPAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaSuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CkaaOgq1CmQDLkaGf/91GAv+AQBQSwMELQAAAAgAAAAhAGvEHJb//////////wUAFAB5Lm5weQEAEACEAAAAAAAAAEYAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpNmoq6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkamjoKtQoUAS4GBgZ7AFBLAQItAy0AAAAIAAAAIQBYYi0tTwAAAIgAAAAFAAAAAAAAAAAAAACAAQAAAAB4Lm5weVBLAQItAy0AAAAIAAAAIQBrxByWRgAAAIQAAAAFAAAAAAAAAAAAAACAAYYAAAB5Lm5weVBLBQYAAAAAAgACAGYAAAADAQAAAAA=';

describe('a .npz file', () => {
  test('of NumPy is read, compressed as it is', async () => {
    const path = join(folder, 'numpy.npz');
    await writeFile(path, Buffer.from(FROM_NUMPY, 'base64'));
    expect(await readNpz(path)).toEqual({ x: X, y: Y });
  });

  test('holds one stored .npy file per tensor, and the same bytes whenever it is written', async () => {
    const path = join(folder, 'x.npz');
    await writeNpz(path, { '/conv1/Conv_output_0': X, größe: Y });
    const bytes = await readFile(path);
    expect(unzipSync(bytes)).toEqual({
      '/conv1/Conv_output_0.npy': new Uint8Array(encodeNpy(X)),
      'größe.npy': new Uint8Array(encodeNpy(Y)),
    });
    // Bytes 10 to 13 are the time and the day: midnight, 1 January 1980.
    expect(bytes.subarray(0, 14).toString('hex')).toBe('504b0304140000000000' + '00002100');
    expect(await readdir(folder)).not.toContainEqual(expect.stringContaining('.tmp'));
  });

  test('gives back what was written, by any name', async () => {
    const path = join(folder, 'any.npz');
    const names = fc.uniqueArray(fc.string({ minLength: 1, unit: 'grapheme' }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(names, async (given) => {
        const tensors = Object.fromEntries(given.map((name, at) => [name, tensor('uint8', [1], Uint8Array.of(at))]));
        await writeNpz(path, tensors);
        expect(await readNpz(path)).toEqual(tensors);
      }),
      { numRuns: 50 },
    );
  });

  test('may hold nothing', async () => {
    const path = join(folder, 'empty.npz');
    await writeNpz(path, {});
    expect(await readNpz(path)).toEqual({});
  });

  test('that is missing, broken or not writable gives one sentence', async () => {
    const missing = join(folder, 'nowhere', 'x.npz');
    await expect(writeNpz(missing, {})).rejects.toThrow(
      new FileError(`cannot write ${missing}: no such file or directory`),
    );
    await expect(readNpz(missing)).rejects.toThrow(new FileError(`cannot read ${missing}: no such file or directory`));
    const broken = join(folder, 'broken.npz');
    await writeFile(broken, Buffer.from(FROM_NUMPY, 'base64').subarray(0, 200));
    await expect(readNpz(broken)).rejects.toThrow(new FileError(`not a .npz file: invalid zip data (${broken})`));
  });
});
