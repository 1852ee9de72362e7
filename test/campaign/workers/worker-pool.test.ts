import { copyFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Campaign } from '../../../src/campaign/campaign.ts';
import { loadCampaign } from '../../../src/campaign/load-campaign.ts';
import { runCampaign } from '../../../src/campaign/run-campaign.ts';
import { beginStore } from '../../../src/campaign/start-campaign.ts';
import { workerPool } from '../../../src/campaign/workers/worker-pool.ts';
import { ChangedError } from '../../../src/errors.ts';
import { EXAMPLES, openWorkplace, type Workplace } from '../../cli/support/espalier.ts';
import { digitsCampaign } from '../support/digits-campaign.ts';

const DIGITS = `${EXAMPLES}digits/`;
const STATEMENTS = { model: '"m.onnx"', data: '"d.npy"', labels: null };

let place: Workplace;

beforeEach(async () => {
  place = await openWorkplace();
  await copyFile(`${DIGITS}digits-qlinear.onnx`, place.path('m.onnx'));
  await copyFile(`${DIGITS}digits-images.npy`, place.path('d.npy'));
  await place.text('digits.array', digitsCampaign(STATEMENTS));
});

afterEach(() => place.remove());

describe('a worker that opens another campaign than the store’s stops the run, and nothing of it is stored', () => {
  test.each<[what: string, change: () => Promise<unknown>, name: string]>([
    [
      'another array',
      () => place.text('digits.array', digitsCampaign(STATEMENTS, { size: '4 x 4 x 8' })),
      'the design of the array',
    ],
    ['another model', () => copyFile(`${DIGITS}digits-convinteger.onnx`, place.path('m.onnx')), 'the model'],
  ])('%s', async (_, change, name) => {
    const file = place.path('digits.array');
    const from = loadCampaign({ file, name: 'digits' });
    const campaign = await Campaign.open(from.spec, from);
    using store = await beginStore(place.path('digits.campaign'), campaign, from);
    await change();
    const pool = workerPool(
      { file, name: 'digits', origin: store.record, backend: null },
      { workers: 1, images: campaign.images },
    );
    const error: unknown = await runCampaign(campaign, store, pool).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ChangedError);
    expect((error as Error).message).toMatch(
      new RegExp(`^the campaign cannot be run on: ${name} has changed since it began \\([0-9a-f]+… → [0-9a-f]+…\\)$`),
    );
    expect(store.counts()).toEqual({ faults: 0, failed: 0, outcomes: 0 });
    await pool.close();
    await campaign.close();
  });
});
