import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../src/backend/open.ts';
import { Campaign } from '../../src/campaign/campaign.ts';
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
  it.each(['output_stationary', 'row_stationary', 'col_stationary', 'no_local_reuse'])(
    'are the same on the RTL, bit for bit, under every kind of fault: %s',
    async (projection) => {
      const statements = [
        'images 3 random',
        'layers "conv1_quant", "conv2_quant"',
        'kinds stuck_at_0, stuck_at_1, flip, set to 0x35',
        'sample 16',
        'strata layer, kind',
      ];
      const campaign = await Campaign.open(specOf(campaignOf(`size 8 x 8 x 8; projection ${projection}`, statements)));
      const rtl = await openBackend(campaign.design, 'rtl');
      const numbers = Array.from({ length: campaign.sample.planned }, (_, n) => n);
      const faults = numbers.map((n) => campaign.fault(n));
      expect([...new Set(faults.map(({ fault, layer }) => `${layer} ${fault.kind}`))]).toHaveLength(
        2 * FAULT_KINDS.length,
      );
      const outcomes = await campaign.run(numbers);
      let wrong = 0;
      for (const n of numbers) {
        for (const [at, { difference, ...ran }] of (await campaign.validate(n, rtl)).entries()) {
          expect({ n, difference, ...ran }).toEqual({ n, difference: null, ...pick(outcomes[n]![at]!) });
          wrong += ran.corrupted;
        }
      }
      expect(wrong).toBeGreaterThan(0);
      await rtl.close();
      await campaign.close();
    },
  );
});

function pick({ image, fired, corrupted, pattern }: Awaited<ReturnType<Campaign['run']>>[number][number]) {
  return { image, fired, corrupted, pattern };
}
