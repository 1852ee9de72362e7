import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { Campaign } from '../../src/campaign/campaign.ts';
import { openImages } from '../../src/campaign/inputs/campaign-images.ts';
import { Mistakes } from '../../src/campaign/inputs/mistakes.ts';
import { loadCampaign } from '../../src/campaign/load-campaign.ts';
import { beginStore, resumeStore } from '../../src/campaign/start-campaign.ts';
import { EspalierError, SpecError } from '../../src/errors.ts';
import { encodeNpy } from '../../src/tensor/npy.ts';
import { tensor } from '../../src/tensor/tensor.ts';
import { EXAMPLES, openWorkplace, type Workplace } from '../cli/support/espalier.ts';
import { digitsCampaign, openDigits, type Statements, specOf } from './support/digits-campaign.ts';

const DIGITS = `${EXAMPLES}digits/`;
const MODEL = `${DIGITS}digits-qlinear.onnx`;
const FLOATS: Statements = { types: 'a: float32, b: float32' };
const HAS = 'its layers are conv1, conv2, fc1, fc2, fc3';
const NEEDS = 'cannot run on this array: its integers need an array of integers';
const RECEIVED = 'received a: float32, b: float32, c: float32';

async function refusal(opening: Promise<{ close(): unknown }>): Promise<EspalierError> {
  try {
    await (await opening).close();
  } catch (error) {
    expect(error).toBeInstanceOf(EspalierError);
    return error as EspalierError;
  }
  return expect.unreachable('nothing was refused');
}

describe('a campaign is refused before anything runs, with all that is wrong and where', () => {
  test.each<[what: string, campaign: Statements, array: Statements, mistakes: readonly string[]]>([
    [
      'layers that the model lacks',
      { layers: '"fc9", "conv7"' },
      {},
      [`"fc9": layer 'fc9' is not in ${MODEL}; ${HAS}`, `"conv7": layer 'conv7' is not in ${MODEL}; ${HAS}`],
    ],
    [
      'an array of another kind, and a layer that the model lacks',
      { layers: '"fc3", "conv1", "nope"' },
      FLOATS,
      [
        `"fc3": layer 'fc3' (QLinearMatMul) ${NEEDS}, ${RECEIVED}`,
        `"conv1": layer 'conv1' (QLinearConv) ${NEEDS}, ${RECEIVED}`,
        `"nope": layer 'nope' is not in ${MODEL}; ${HAS}`,
      ],
    ],
    [
      'an input that the model lacks, one without data, data that are missing, and a layer that the model lacks',
      { layers: '"fc8"', data: 'input foo "x.npy"' },
      {},
      [
        '"x.npy": the model has no input "foo"; its inputs are input',
        'data: the input "input" of the model has no data',
        '"x.npy": cannot read FOLDER/x.npy: no such file or directory',
        `"fc8": layer 'fc8' is not in ${MODEL}; ${HAS}`,
      ],
    ],
    [
      'files that are missing, and a node that there is not',
      { model: '"none.onnx"', data: '"none.npy"', nodes: 'p' },
      {},
      [
        'model: cannot read FOLDER/none.onnx: no such file or directory',
        '"none.npy": cannot read FOLDER/none.npy: no such file or directory',
        'p: array grid has no node p: it has no product register',
      ],
    ],
    [
      'labels that are missing, and a channel that there is not',
      { labels: '"none.npy"', channels: '2, 10' },
      {},
      [
        'labels: cannot read FOLDER/none.npy: no such file or directory',
        '10: the layers have at most 10 output channels, received channel 10',
      ],
    ],
    [
      'a model that is none',
      { model: `"${DIGITS}digits.png"` },
      {},
      [`model: ${DIGITS}digits.png is not an ONNX model: it cannot be parsed`],
    ],
    [
      'images that do not fit the model, more than there are, and PEs that there are not',
      { data: `"${DIGITS}digits-labels.npy"`, images: '65', pes: '(1, 1), (9, 9)' },
      {},
      [
        "data: input 'input' must be float32, not uint8",
        'images: the data hold 64 images, received a campaign of 65',
        '(: array grid has PEs with x in 1 … 4 and y in 1 … 4 (16 in all), received (9, 9)',
      ],
    ],
    [
      'a node, a PE and a channel that there are not',
      { nodes: 'a, p', pes: '(1, 1), (9, 9)', channels: '11' },
      {},
      [
        '11: the layers have at most 10 output channels, received channel 11',
        'p: array grid has no node p: it has no product register',
        '(: array grid has PEs with x in 1 … 4 and y in 1 … 4 (16 in all), received (9, 9)',
      ],
    ],
    [
      'bits that no node has',
      { nodes: 'a, b', bits: '0 to 3, 8' },
      {},
      ['8: the widest node of the population has bits 0 to 7, received bit 8'],
    ],
  ])('%s', async (_, campaign, array, mistakes) => {
    const error = await refusal(openDigits(campaign, { array, folder: '/nowhere' }));
    expect(error).toBeInstanceOf(SpecError);
    const found = (error as SpecError).diagnostics.map(({ message, excerpt }) => `${underCaret(excerpt)}: ${message}`);
    expect(found.map((line) => line.replaceAll('/nowhere', 'FOLDER')).sort()).toEqual([...mistakes].sort());
  });

  it('in one sentence where the campaign was not read from a text', async () => {
    const spec = { ...specOf(digitsCampaign({ layers: '"fc9"' })), model: `${DIGITS}none.onnx`, labels: 'none.npy' };
    const { message } = await refusal(Campaign.open(spec, { folder: '/nowhere' }));
    expect(message).toBe(
      `campaign digits: cannot read ${DIGITS}none.onnx: no such file or directory; cannot read /nowhere/none.npy: no such file or directory`,
    );
  });

  it('when the inputs of a model have different numbers of items', async () => {
    const mistakes = new Mistakes();
    const data = ['images', 'labels'].map((name) => ({
      input: name,
      path: name === 'images' ? 'digits-images.npy' : 'short.npy',
      preprocess: null,
    }));
    const folder = await mkdtemp(join(tmpdir(), 'espalier-uneven-'));
    await copyFile(`${DIGITS}digits-images.npy`, join(folder, 'digits-images.npy'));
    await writeFile(join(folder, 'short.npy'), encodeNpy(tensor('uint8', [3, 1], new Uint8Array(3))));
    expect(await openImages(data, null, folder, mistakes)).toBeNull();
    await rm(folder, { recursive: true });
    expect(() => mistakes.refuse(specOf(digitsCampaign()))).toThrow(
      'all inputs need the same number of items: digits-images.npy has 64, short.npy has 3',
    );
  });
});

/** The word, text or sign at the caret of an excerpt. */
function underCaret(excerpt: string): string {
  const [line, caret] = excerpt.split('\n') as [string, string];
  return /^("[^"]*"|\w+|.)/.exec(line.slice(caret.length - 1))![0];
}

describe('the command', () => {
  let place: Workplace;

  beforeAll(async () => {
    place = await openWorkplace();
    await place.text('digits.array', digitsCampaign());
  });

  afterAll(() => place.remove());

  it.each([
    ['run', ['run', 'bad.array', '-o', 'bad.campaign'], "bad.array:13:10: layer 'fc9' is not in "],
    ['resume', ['resume', 'none.campaign'], 'cannot read none.campaign: no such file or directory\n'],
    [
      'status',
      ['status', 'digits.array'],
      'cannot read digits.array: it is not the store of a campaign (no SQLite database)\n',
    ],
    [
      'resume',
      ['resume', 'text.campaign', '--campaign', 'digits.array'],
      'cannot read text.campaign: it is not the store of a campaign (no SQLite database)\n',
    ],
    [
      'run',
      ['run', 'digits.array:other', '-o', 'bad.campaign'],
      'unknown campaign "other" in digits.array, expected digits\n',
    ],
  ])('%s refuses what it cannot run, and leaves nothing behind', async (_, args, sentence) => {
    await place.text('bad.array', digitsCampaign({ layers: '"fc9"' }));
    await place.text('text.campaign', 'a text\n'.repeat(2000));
    const before = await place.list();
    const { exitCode, stdout, stderr } = await place.run(['campaign', ...args, '--quiet']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr.startsWith(`espalier: ${sentence}`), stderr).toBe(true);
    expect(await place.list()).toEqual(before);
  });

  it('begins no campaign where there is one, and has one writer to a store', async () => {
    const place = loadCampaign({ file: path('digits.array'), name: 'digits' });
    const campaign = await Campaign.open(place.spec, place);
    const store = await beginStore(path('busy.campaign'), campaign, place);
    const [again, second] = [
      await run('run', 'digits.array', '-o', 'busy.campaign'),
      await run('resume', 'busy.campaign'),
    ];
    expect([again, second].map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual([
      [
        2,
        'espalier: cannot begin busy.campaign: it exists; "espalier campaign resume busy.campaign" goes on with it\n',
      ],
      [2, 'espalier: cannot write busy.campaign: another process is running this campaign\n'],
    ]);
    store.close();
    await campaign.close();
    expect((await run('resume', 'busy.campaign')).exitCode).toBe(0);
  });

  const path = (name: string) => place.path(name);
  const run = (...args: string[]) => place.run(['campaign', ...args, '--quiet', '--workers', '1']);
});

describe('a campaign that has begun is not gone on with when something changed', () => {
  let place: Workplace;

  const STATEMENTS = { model: '"m.onnx"', data: '"d.npy"', labels: '"l.npy"' };

  beforeAll(async () => {
    place = await openWorkplace();
    await restore();
    await opened((path, campaign, from) => beginStore(path, campaign, from));
  });

  afterAll(() => place.remove());

  async function restore(): Promise<void> {
    await copyFile(MODEL, place.path('m.onnx'));
    await copyFile(`${DIGITS}digits-images.npy`, place.path('d.npy'));
    await copyFile(`${DIGITS}digits-labels.npy`, place.path('l.npy'));
    await place.text('digits.array', digitsCampaign(STATEMENTS));
  }

  async function opened(open: typeof beginStore): Promise<void> {
    const from = loadCampaign({ file: place.path('digits.array'), name: 'digits' });
    const campaign = await Campaign.open(from.spec, from);
    try {
      (await open(place.path('digits.campaign'), campaign, from)).close();
    } finally {
      await campaign.close();
    }
  }

  async function changeByte(name: string): Promise<void> {
    const bytes = await readFile(place.path(name));
    bytes[bytes.length - 3]! ^= 1;
    await writeFile(place.path(name), bytes);
  }

  test.each<[what: string, change: () => Promise<unknown>, names: string]>([
    ['the model', () => copyFile(`${DIGITS}digits-convinteger.onnx`, place.path('m.onnx')), 'the model has'],
    ['a byte of the data', () => changeByte('d.npy'), 'the data set has'],
    ['a label', () => changeByte('l.npy'), 'the labels have'],
    [
      'the array',
      () => place.text('digits.array', digitsCampaign(STATEMENTS, { size: '4 x 4 x 8' })),
      'the design of the array has',
    ],
    [
      'the seed',
      () => place.text('digits.array', digitsCampaign({ ...STATEMENTS, seed: '2' })),
      "the campaign's text has",
    ],
    [
      'the number of faults, the data and the labels',
      async () => {
        await place.text('digits.array', digitsCampaign({ ...STATEMENTS, sample: '41' }));
        await changeByte('d.npy');
        await changeByte('l.npy');
      },
      "the campaign's text, the data set and the labels have",
    ],
  ])('%s', async (_, change, names) => {
    await change();
    const { message } = await refusal(opened(resumeStore).then(() => ({ close() {} })));
    expect(message.replace(/ \(.*\)$/, '')).toBe(`the campaign cannot be resumed: ${names} changed since it began`);
    await restore();
    await opened(resumeStore);
  });

  it('also not by the command, which says what changed', async () => {
    await place.text('digits.array', digitsCampaign({ ...STATEMENTS, seed: '2' }));
    const { exitCode, stderr } = await place.run(['campaign', 'resume', 'digits.campaign', '--quiet']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^espalier: the campaign cannot be resumed: the campaign's text has changed since it began \(/,
    );
  });
});
