import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLabels } from '../../src/data/labels.ts';
import { FileError } from '../../src/errors.ts';
import { encode } from '../../src/onnx/file/messages.ts';
import { encodeTensor } from '../../src/onnx/file/tensor-proto.ts';
import { encodeNpy } from '../../src/tensor/npy.ts';
import { writeNpz } from '../../src/tensor/npz.ts';
import { tensor } from '../../src/tensor/tensor.ts';
import { type Folder, idx, openFolder } from './support/folder.ts';

let folder: Folder;
beforeAll(async () => {
  folder = await openFolder();
});
afterAll(() => folder.remove());

const WIDE = tensor('int64', [3], BigInt64Array.of(7n, 0n, 2n));
const COLUMN = tensor('float32', [3, 1], Float32Array.of(7, 0, 2));

const FILES: readonly (readonly [claim: string, name: string, bytes: Uint8Array | string])[] = [
  ['.npy', 'a.npy', encodeNpy(WIDE)],
  ['.npy of whole floats in one column', 'b.npy', encodeNpy(COLUMN)],
  ['TensorProto', 'c.pb', encode('TensorProto', encodeTensor(WIDE))],
  ['IDX', 'd', idx(0x08, [3], '07 00 02')],
  ['IDX packed with gzip', 'e.gz', gzipSync(idx(0x08, [3], '07 00 02'))],
  ['lines of text', 'f.txt', '7\n0\r\n 2 \n\n'],
  ['the last column of CSV with a heading', 'g.csv', '\ufefffile,label\n1.png,7\n2.png,0\n"3, 3.png","2"'],
  ['a text that only its content tells', 'h', 'one 7\ntwo\t0\nthree;2\n'],
];

describe('labels are read from', () => {
  test.each(FILES)('%s', async (_, name, bytes) => {
    expect(await readLabels(await folder.write(name, bytes), 3)).toEqual(Int32Array.of(7, 0, 2));
  });

  test('.npz', async () => {
    await writeNpz(folder.at('two.npz'), { x: tensor('uint8', [1]), y: WIDE });
    expect(await readLabels(`${folder.at('two.npz')}:y`)).toEqual(Int32Array.of(7, 0, 2));
  });
});

const WHOLE = 'labels must be whole numbers from 0';
const LINE = `${WHOLE}, one at the end of each line, received`;

/** What is wrong, the file, and the sentence about it; @ stands for its path. */
const REFUSED: readonly (readonly [claim: string, name: string, bytes: Uint8Array | string, sentence: string])[] = [
  [
    'a fraction',
    'i.npy',
    encodeNpy(tensor('float64', [2], Float64Array.of(1, 0.5))),
    `${WHOLE}, received float64 0.5 at 1 (@)`,
  ],
  [
    'a number below 0',
    'j.npy',
    encodeNpy(tensor('int8', [2], Int8Array.of(1, -1))),
    `${WHOLE}, received int8 -1 at 1 (@)`,
  ],
  ['bools', 'k.npy', encodeNpy(tensor('bool', [2])), `${WHOLE}, received bool 0 at 0 (@)`],
  [
    'a column per class',
    'l.npy',
    encodeNpy(tensor('int8', [2, 10])),
    'labels must be [N] or [N, 1], received [2, 10] (@)',
  ],
  ['a fraction in a text', 'm.txt', '1\n2.5\n', `${LINE} "2.5" (@:2)`],
  ['a number below 0 in a text', 'n.csv', '1\n\n3,-2\n', `${LINE} "-2" (@:3)`],
  ['a word behind the first line', 'o.csv', 'x,label\nx,cat\n', `${LINE} "cat" (@:2)`],
  ['a column that is empty', 'p.csv', '1,2\n1,\n', `${LINE} "" (@:2)`],
  ['more labels than a text may have digits for', 'q.txt', '2147483648', `${LINE} "2147483648" (@:1)`],
  [
    'another number of labels than items',
    'r.txt',
    '1\n2\n',
    'there must be a label for each of the 3 items, received 2 (@)',
  ],
];

describe('one sentence refuses', () => {
  test.each(REFUSED)('%s', async (_, name, bytes, sentence) => {
    const path = await folder.write(name, bytes);
    await expect(readLabels(path, 3)).rejects.toThrow(new FileError(sentence.replace('@', path)));
  });
});
