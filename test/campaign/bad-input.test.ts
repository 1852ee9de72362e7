import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { Campaign } from '../../src/campaign/campaign.ts';
import { loadCampaign } from '../../src/campaign/load-campaign.ts';
import { beginStore, resumeStore } from '../../src/campaign/start-campaign.ts';
import { EspalierError } from '../../src/errors.ts';
import { EXAMPLES, openWorkplace, type Workplace } from '../cli/support/espalier.ts';
import { digitsCampaign, openDigits, type Statements } from './support/digits-campaign.ts';

const DIGITS = `${EXAMPLES}digits/`;
const MODEL = `${DIGITS}digits-qlinear.onnx`;
const FLOATS: Statements = { types: 'a: float32, b: float32' };
const HAS = 'its layers are conv1, conv2, fc1, fc2, fc3';
const NEEDS = 'cannot run on this array: its integers need an array of integers';
const RECEIVED = 'received a: float32, b: float32, c: float32';

async function refusal(opening: Promise<{ close(): unknown }>): Promise<string> {
  try {
    await (await opening).close();
  } catch (error) {
    expect(error).toBeInstanceOf(EspalierError);
    return (error as Error).message;
  }
  return 'nothing was refused';
}

describe('a campaign is refused before anything runs, with all that is wrong', () => {
  test.each<[what: string, campaign: Statements, array: Statements, sentence: string]>([
    [
      'layers that the model lacks',
      { layers: '"fc9", "conv7"' },
      {},
      `campaign digits: layer 'fc9' is not in ${MODEL}; ${HAS}; layer 'conv7' is not in ${MODEL}; ${HAS}`,
    ],
    [
      'an array of another kind, and a layer that the model lacks',
      { layers: '"fc3", "conv1", "nope"' },
      FLOATS,
      `campaign digits: layer 'fc3' (QLinearMatMul) ${NEEDS}, ${RECEIVED}; layer 'conv1' (QLinearConv) ${NEEDS}, ${RECEIVED}; layer 'nope' is not in ${MODEL}; ${HAS}`,
    ],
    [
      'an input that the model lacks, one without data, and a layer that the model lacks',
      { layers: '"fc8"', data: 'input foo "x.npy"' },
      {},
      `campaign digits: layer 'fc8' is not in ${MODEL}; ${HAS}; the model has no input "foo"; its inputs are input; the input "input" of the model has no data`,
    ],
    ['data that are missing', { data: '"none.npy"' }, {}, 'cannot read FOLDER/none.npy: no such file or directory'],
    [
      'a model that is missing',
      { model: '"none.onnx"' },
      {},
      'cannot read FOLDER/none.onnx: no such file or directory',
    ],
    ['labels that are missing', { labels: '"none.npy"' }, {}, 'cannot read FOLDER/none.npy: no such file or directory'],
    [
      'a model that is none',
      { model: `"${DIGITS}digits.png"` },
      {},
      `${DIGITS}digits.png is not an ONNX model: it cannot be parsed`,
    ],
    [
      'images that do not fit the model',
      { data: `"${DIGITS}digits-labels.npy"` },
      {},
      "campaign digits: input 'input' must be float32, not uint8",
    ],
    [
      'more images than there are',
      { images: '65' },
      {},
      'campaign digits: the data hold 64 images, received a campaign of 65',
    ],
    [
      'a node, a PE and a channel that there are not',
      { nodes: 'a, p', pes: '(1, 1), (9, 9)', channels: '11' },
      {},
      'population: array grid has no node p: it has no product register; array grid has PEs with x in 1 … 4 and y in 1 … 4 (16 in all), received (9, 9); the layers have at most 10 output channels, received channel 11',
    ],
    [
      'bits that no node has',
      { nodes: 'a, b', bits: '8' },
      {},
      'population: the widest node of the population has bits 0 to 7, received bit 8',
    ],
  ])('%s', async (_, campaign, array, sentence) => {
    const message = await refusal(openDigits(campaign, { array, folder: '/nowhere' }));
    expect(message.replaceAll('/nowhere', 'FOLDER')).toBe(sentence);
  });
});

describe('the command', () => {
  let place: Workplace;

  beforeAll(async () => {
    place = await openWorkplace();
    await place.text('digits.array', digitsCampaign());
  });

  afterAll(() => place.remove());

  it.each([
    ['run', ['run', 'bad.array', '-o', 'bad.campaign'], "campaign digits: layer 'fc9' is not in "],
    ['resume', ['resume', 'none.campaign'], 'cannot read none.campaign: no such file or directory\n'],
    ['status', ['status', 'digits.array'], 'cannot read digits.array: it is no SQLite database\n'],
    [
      'resume',
      ['resume', 'text.campaign', '--campaign', 'digits.array'],
      'cannot read text.campaign: it is no SQLite database\n',
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
    const message = await refusal(opened(resumeStore).then(() => ({ close() {} })));
    expect(message.replace(/ \(.*\)$/, '')).toBe(`the campaign cannot be resumed: ${names} changed since it began`);
    await restore();
    expect(await refusal(opened(resumeStore).then(() => ({ close() {} })))).toBe('nothing was refused');
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
