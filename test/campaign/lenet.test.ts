import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../src/backend/open.ts';
import { Campaign } from '../../src/campaign/campaign.ts';
import { runCampaign } from '../../src/campaign/run-campaign.ts';
import { beginStore } from '../../src/campaign/start-campaign.ts';
import { type Validator, validateCampaign } from '../../src/campaign/validate/validate-campaign.ts';
import { FAULT_KINDS } from '../../src/fault/fault.ts';
import { openWorkplace, type Workplace } from '../cli/support/espalier.ts';
import { exportsOf, specOf } from './support/digits-campaign.ts';
import { killRepeatedly } from './support/kill.ts';
import { fileAt, LENET, MNIST } from './support/models.ts';

const MODEL = fileAt(`${LENET}qop-std-u8u8.onnx`);
const IMAGES = fileAt(MNIST.images);
const LABELS = fileAt('../shared/conformance/mnist/mnist-1000-labels-idx1-ubyte.gz');
const isThere = [MODEL, IMAGES, LABELS].every((path) => existsSync(path));

function campaignOf(array: string, statements: readonly string[]): string {
  return `array grid { ${array}; types a: int8, b: int8, c: int32; fault_slots 1 }
campaign lenet {
  array grid
  model ${JSON.stringify(MODEL)}
  data ${JSON.stringify(IMAGES)} preprocess "${MNIST.preprocess}"
  labels ${JSON.stringify(LABELS)}
  ${statements.join('\n  ')}
}
`;
}

describe.skipIf(!isThere)('a statistical campaign on LeNet (margin 5 %, confidence 95 %)', () => {
  let place: Workplace;

  beforeAll(async () => {
    place = await openWorkplace();
    const statements = ['images 500', 'layers "conv1_quant", "conv2_quant"', 'sample margin 5%', 'confidence 95%'];
    await place.text('lenet.array', campaignOf('size 16 x 16 x 16; projection output_stationary', statements));
  });

  afterAll(() => place.remove());

  it('that is killed 10 times is in the end, byte for byte, as if nothing had happened', async () => {
    const { exitCode, stderr } = await place.run(['campaign', 'run', 'lenet.array', '-o', 'whole.campaign', '--quiet']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    await killRepeatedly({ place, file: 'lenet.array', store: 'killed.campaign' }, 10);
    expect(await exportsOf(place.path('killed.campaign'))).toEqual(await exportsOf(place.path('whole.campaign')));
  });
});

describe.skipIf(!isThere)('convolutions of LeNet', () => {
  let place: Workplace;

  beforeAll(async () => {
    place = await openWorkplace();
  });

  afterAll(() => place.remove());

  it.each(
    ['output_stationary', 'row_stationary', 'col_stationary', 'no_local_reuse'].flatMap((projection) =>
      ['permanent', 'transient'].map((window) => [projection, window] as const),
    ),
  )('are the same on the RTL, bit for bit, under every kind of fault: %s, %s', async (projection, window) => {
    const statements = [
      'images 3 random',
      'layers "conv1_quant", "conv2_quant"',
      'kinds stuck_at_0, stuck_at_1, flip, set to 0x35',
      `window ${window}`,
      'sample 16',
      'strata layer, kind',
    ];
    const text = campaignOf(`size 8 x 8 x 8; projection ${projection}`, statements);
    const campaign = await Campaign.open(specOf(text));
    const numbers = Array.from({ length: campaign.sample.planned }, (_, n) => n);
    const kinds = new Set(numbers.map((n) => `${campaign.fault(n).layer} ${campaign.fault(n).fault.kind}`));
    expect(kinds.size).toBe(2 * FAULT_KINDS.length);
    const path = place.path(`${projection}-${window}.campaign`);
    using store = await beginStore(path, campaign, { file: 'lenet.array', folder: '.' });
    await runCampaign(campaign, store, { concurrency: 1, run: (some) => campaign.run(some), async close() {} });
    const rtl = await openBackend(campaign.design, 'rtl');
    const validator: Validator = { concurrency: 1, validate: async ([n]) => [await campaign.validate(n!, rtl)] };
    expect(await validateCampaign(campaign, store, validator, { share: 1 })).toEqual([]);
    expect(store.record.validation).toEqual({ share: 1, faults: 16, images: 3, differing: 0 });
    expect([...store.outcomes()].filter(({ corrupted }) => corrupted > 0).length).toBeGreaterThan(0);
    await rtl.close();
    await campaign.close();
  });
});
