import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { parsePreprocess } from '../../src/data/parse-preprocess.ts';
import { preparer } from '../../src/data/prepare.ts';
import { CHANNEL_ORDERS, LAYOUTS } from '../../src/data/preprocess.ts';
import { DTYPES } from '../../src/dtype/dtype.ts';
import * as espalier from '../../src/index.ts';
import { type ElementType, tensor } from '../../src/tensor/tensor.ts';
import { idx, openFolder } from '../data/support/folder.ts';

const PAGE = fileURLToPath(new URL('../../docs/data.md', import.meta.url));

let page: string;
beforeAll(async () => {
  page = await readFile(PAGE, 'utf8');
});

describe('the page on data', () => {
  test('shows what each text makes of items', () => {
    const rows = [...page.matchAll(/^\| `(\w+) \[([\d, ]+)\]` \| `(.+)` \| `(\w+ \[[\d, ]+\])` \|$/gm)];
    expect(rows.length).toBe(8);
    for (const [, type, sides, text, expected] of rows) {
      const item = tensor(type as ElementType, sides!.split(',').map(Number));
      const result = preparer(parsePreprocess(text!))(item, 'item');
      expect(`${result.type} [${result.shape.join(', ')}]`, text).toBe(expected);
    }
  });

  test('names every word and dtype of the preprocess language', () => {
    const quoted = Array.from(page.matchAll(/`([^`\n]+)`/g), ([, code]) => code!.split(/[\s,]+/)).flat();
    const words = [...CHANNEL_ORDERS, ...LAYOUTS, 'from', 'size', 'crop', 'scale', 'mean', 'std', 'dtype', ...DTYPES];
    expect(words.filter((word) => !quoted.includes(word))).toEqual([]);
  });

  test('begins with a program that runs', async () => {
    const program = /```ts\n(.*?)```/s.exec(page)![1]!;
    const folder = await openFolder();
    await folder.write('t10k-images-idx3-ubyte.gz', idx(8, [100, 28, 28], new Uint8Array(78400)));
    await folder.write('t10k-labels-idx1-ubyte.gz', idx(8, [100], new Uint8Array(100)));
    const body = program.replace(/^import .*$/m, '').replaceAll(/'(?=t10k)/g, `'${folder.at('.')}/`);
    const run = new Function('openData', 'readLabels', `return (async () => { ${body}\nreturn batch; })()`);
    const batch = await run(espalier.openData, espalier.readLabels);
    expect(`${batch.type} [${batch.shape.join(', ')}]`).toBe(/\/\/ (.*)$/m.exec(program)![1]);
    await folder.remove();
  });
});
