import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { CheckCase } from '../../src/check/check-case.ts';
import { drawTrial } from '../../src/check/draw-trial.ts';
import { formatReplay, readReplay } from '../../src/check/replay.ts';
import type { Design } from '../../src/design/design.ts';
import { CastingError, FaultError, FileError, SpecError } from '../../src/errors.ts';
import { parseFault } from '../../src/spec/parse.ts';
import { tensor } from '../../src/tensor/tensor.ts';
import { designOf, MATRICES } from '../design/support/arrays.ts';
import { operatorFile } from '../spec/operator-file.ts';

let directory: string;
beforeAll(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'espalier-replay-')));
});
afterAll(() => rm(directory, { recursive: true }));

const replayOf = (design: Design, checkCase: CheckCase) => ({
  design,
  seed: 5,
  trial: 17,
  toolVersion: '1.2.3',
  checkCase,
});

const SMALL: CheckCase = {
  a: tensor('int8', [1, 2], Int8Array.of(-128, 3)),
  b: tensor('int8', [2, 1], Int8Array.of(0, 1)),
  c: tensor('int32', [1, 1], Int32Array.of(-7)),
  faults: [parseFault('set bits 0x3 msb first to 0x1 of c_in at (1, 1) cycles >=2 tile 0')],
};

const TEXT = `{
  "espalier": "1.2.3",
  "seed": 5,
  "trial": 17,
  "spec": "array sample {\\n  size 3 x 2 x 4\\n  projection [[1, 0, 0], [0, 1, 0], [1, 1, 1]]\\n  types a: int8, b: int8, c: int32\\n  fault_slots 4\\n}\\n",
  "faults": ["set bits 0x3 msb first to 0x1 of c_in at (1, 1) cycles >=2 tile 0"],
  "a": [["-128","3"]],
  "b": [["0"],["1"]],
  "c": [["-7"]]
}
`;

describe('a replay file', () => {
  it('is a short text that people can read and change', () => {
    expect(formatReplay(replayOf(designOf(), SMALL), directory)).toBe(TEXT);
  });

  test.each(Object.keys(MATRICES))('gives back every trial that is written down, with projection %s', async (name) => {
    const design = designOf({ matrix: MATRICES[name]!, types: { a: 'uint8', b: 'int16', c: 'int64' } });
    const path = join(directory, 'trial.json');
    for (let n = 0; n < 20; n++) {
      const replay = replayOf(design, drawTrial(design, 5, n));
      await writeFile(path, formatReplay(replay, directory));
      expect(await readReplay(path)).toEqual(replay);
    }
  });

  it('names own operators by paths from its own folder, with forward slashes', async () => {
    for (const folder of ['operators', 'deep/replays', 'elsewhere'])
      await mkdir(join(directory, folder), { recursive: true });
    const operators = {
      multiplier: operatorFile(join(directory, 'operators'), 'multiplier', 'times'),
      adder: operatorFile(join(directory, 'deep', 'replays'), 'adder', 'plus'),
    };
    const replay = replayOf(designOf({ operators }), SMALL);
    const folder = join(directory, 'deep', 'replays');
    const path = join(folder, 'own.json');
    await writeFile(path, formatReplay(replay, folder));
    const { spec } = JSON.parse(await readFile(path, 'utf8'));
    expect(spec).toContain('  multiplier "../../operators/times"\n  adder "plus"\n');
    expect(await readReplay(path)).toEqual(replay);
    const link = join(directory, 'elsewhere', 'link.json');
    await symlink(path, link);
    expect(await readReplay(link)).toEqual(replay);
  });

  it('that is missing is refused', async () => {
    const path = join(directory, 'missing.json');
    await expect(readReplay(path)).rejects.toThrow(
      new FileError(`the replay file ${path} cannot be read: ENOENT: no such file or directory, open '${path}'`),
    );
  });

  it('that is no replay file is refused', async () => {
    const path = join(directory, 'other.json');
    for (const text of [
      '',
      '[]',
      '{"espalier": "1.2.3"}',
      TEXT.replace('"-128"', '"x"'),
      TEXT.replace('["1"]', '[]'),
    ]) {
      await writeFile(path, text);
      const refusal = readReplay(path);
      await expect(refusal).rejects.toThrow(FileError);
      await expect(refusal).rejects.toThrow(`${path} is no replay file: `);
    }
  });

  test.each([
    ['a spec with a mistake', ['size 3', 'size 0'], SpecError, /^broken\.json:2:8: the side N1 of a size/],
    ['a fault with a mistake', ['c_in at', 'd_in at'], SpecError, /^broken\.json:1:34: unknown node "d_in"/],
    [
      'a fault that the array does not have',
      ['(1, 1)', '(4, 1)'],
      FaultError,
      /^fault "set .*": array sample has PEs with x in 1 … 3 and y in 1 … 2 \(6 in all\), received \(4, 1\)$/,
    ],
    ['a value that does not fit', ['-128', '-129'], CastingError, /^A\[0, 0\] = -129 does not fit int8 exactly$/],
  ] as const)('with %s is refused for that', async (_, [from, to], error, message) => {
    const path = join(directory, 'broken.json');
    await writeFile(path, TEXT.replace(from, to));
    const refusal = readReplay(path);
    await expect(refusal).rejects.toThrow(error);
    await expect(refusal).rejects.toThrow(message);
  });
});
