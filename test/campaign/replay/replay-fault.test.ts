import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionalBackend } from '../../../src/backend/functional.ts';
import type { Campaign } from '../../../src/campaign/campaign.ts';
import type { Outcome } from '../../../src/campaign/outcome.ts';
import { replayFault } from '../../../src/campaign/replay/replay-fault.ts';
import type { ReplayReport } from '../../../src/campaign/replay/replay-report.ts';
import { type StoredFault, storedFault } from '../../../src/campaign/replay/stored-fault.ts';
import { openStore } from '../../../src/campaign/store/open-store.ts';
import type { Store } from '../../../src/campaign/store/store.ts';
import { replaceLayers } from '../../../src/onnx/run/replace-layers.ts';
import type { Tensor } from '../../../src/tensor/tensor.ts';
import { type CampaignFolder, digitsFolder, writeStore } from './support/digits-campaign.ts';

const MODELS = ['qlinear', 'convinteger', 'float32'] as const;
const CAMPAIGNS = ['digits', 'transient'] as const;
const CASES = MODELS.flatMap((model) => CAMPAIGNS.map((name) => [model, name] as const));

/** What must not depend on the backend. */
function shown({ images }: ReplayReport) {
  return images;
}

describe.each(CASES)('a replay of %s, campaign %s', (model, name) => {
  let place: CampaignFolder;
  let campaign: Campaign;
  let store: Store;
  let numbers: number[];

  beforeAll(async () => {
    place = digitsFolder(model);
    campaign = await place.open(name);
    numbers = Array.from({ length: campaign.sample.planned }, (_, n) => n);
    await writeStore(campaign, place, 'store', numbers);
    store = openStore(place.path('store'), { readonly: true });
  });

  afterAll(async () => {
    store.close();
    await campaign.close();
    place.remove();
  });

  it('gives what the campaign gave, for every fault and image', async () => {
    for (const n of numbers) {
      const stored = storedFault(store, n)!;
      const report = await replayFault(campaign, n, { images: campaign.images, stored });
      expect({ n, outcomes: report.images.map(({ outcome }) => outcome) }).toEqual({ n, outcomes: stored.outcomes });
      expect({ n, same: report.same }).toEqual({ n, same: true });
    }
  });

  it('shows the same on the cycle simulator', async () => {
    for (const n of numbers.slice(0, 4)) {
      const images = [campaign.images[1]!];
      const functional = await replayFault(campaign, n, { images });
      const cycle = await replayFault(campaign, n, { images, backend: 'cycle' });
      expect(shown(cycle)).toEqual(shown(functional));
      expect(cycle.backend).toBe('cycle');
    }
  });

  it('shows the sums, the result and the outputs of plain runs of the model', async () => {
    const corrupted = numbers.map((n) => storedFault(store, n)!.outcomes[0]!.corrupted);
    const n = corrupted.indexOf(Math.max(...corrupted));
    const { layer, channel, product, fault } = campaign.fault(n);
    const image = campaign.images[0]!;
    const own = campaign.layers[layer]!.name;
    const plain = await replaceLayers(campaign.model, {
      layers: [own],
      backend: functionalBackend(campaign.design),
      lowering: campaign.spec.lowering,
    });
    const [inputs] = await campaign.read([image]);
    const sums: Tensor[] = [];
    const run = async () => {
      const { outputs } = await plain.run(inputs!, { onLayer: ({ accumulator }) => sums.push(accumulator) });
      return [...(Object.values(outputs)[0]!.data as Float32Array)];
    };
    const clean = await run();
    plain.addFault(fault, {
      layer: own,
      ...(channel !== null && { channel }),
      ...(product !== null && { product }),
    });
    const faulty = await run();
    const [report] = (await replayFault(campaign, n, { images: [image] })).images;
    const acting = product === null ? [...campaign.layers[layer]!.products.keys()] : [product];
    expect(report!.products.map((own) => own.product)).toEqual(acting);
    expect(report!.scores).toMatchObject({ clean, faulty });
    const [, ...sides] = sums[0]!.shape;
    expect(report!.sums.first.length).toBe(Math.min(8, corrupted[n]!));
    const round = model === 'float32' ? Math.fround : Number;
    for (const { position, ...element } of report!.sums.first) {
      const at = position.reduce((place, index, axis) => place * sides[axis]! + index, 0);
      const [before, after] = sums.map(({ data }) => data[at] as number);
      expect({ clean: round(Number(element.clean)), faulty: round(Number(element.faulty)) }).toEqual({
        clean: before,
        faulty: after,
      });
      expect([element.cleanBits, element.faultyBits]).toEqual(sums.map(({ data }) => bits(data[at] as number, model)));
    }
    await plain.close();
  });
});

function bits(value: number, model: (typeof MODELS)[number]): string {
  const view = new DataView(new ArrayBuffer(4));
  if (model === 'float32') view.setFloat32(0, value);
  else view.setInt32(0, value);
  return `0x${view.getUint32(0).toString(16).padStart(8, '0')}`;
}

describe('replayFault', () => {
  let place: CampaignFolder;
  let campaign: Campaign;
  let transient: Campaign;
  let stored: StoredFault;

  beforeAll(async () => {
    place = digitsFolder();
    campaign = await place.open();
    transient = await place.open('transient');
    await writeStore(campaign, place, 'store', [0]);
    const store = openStore(place.path('store'), { readonly: true });
    stored = storedFault(store, 0)!;
    store.close();
  });

  afterAll(async () => {
    await campaign.close();
    await transient.close();
    place.remove();
  });

  const OUTCOMES: readonly (readonly [what: string, doctored: Partial<Outcome>])[] = [
    ['fired', { fired: false }],
    ['masked stage', { stage: 'outputs' }],
    ['masked before', { maskedBefore: 'fc1' }],
    ['top class', { prediction: 11 }],
    ['SDC-1', { sdc1: true }],
    ['SDC-5', { sdc5: true }],
    ['change of confidence', { confidenceChange: 0.125 }],
    ['NaN or infinity', { nonFinite: true }],
    ['corrupted sums', { corrupted: 1_000_000 }],
    ['pattern', { pattern: 'scattered' }],
  ];

  it.each(OUTCOMES)('tells a stored outcome that differs in %s', async (what, doctored) => {
    const [first, ...others] = stored.outcomes;
    const wrong: StoredFault = { ...stored, outcomes: [{ ...first!, ...doctored }, ...others] };
    const report = await replayFault(campaign, 0, { stored: wrong, images: [first!.image] });
    const [value] = Object.values(doctored);
    expect(report.images[0]!.differences).toEqual([
      { what, stored: value, replayed: first![Object.keys(doctored)[0] as keyof Outcome] },
    ]);
    expect(report.same).toBe(false);
  });

  it('tells a stored row that is of another fault', async () => {
    const wrong: StoredFault = { ...stored, row: { ...stored.row, layer: 4, bit: 12 } };
    const report = await replayFault(campaign, 0, { stored: wrong });
    expect(report.stored?.differences).toEqual([
      { what: 'layer', stored: 4, replayed: stored.row.layer },
      { what: 'bit', stored: 12, replayed: stored.row.bit },
    ]);
    expect(report.same).toBe(false);
  });

  it('takes the first image with the worst stored outcome', async () => {
    const worst = stored.outcomes.find(({ sdc1 }) => sdc1)!;
    expect(worst.image).not.toBe(campaign.images[0]);
    const report = await replayFault(campaign, 0, { stored });
    expect(report.images.map(({ image }) => image)).toEqual([worst.image]);
  });

  it('without a stored row takes the first image and compares nothing', async () => {
    const report = await replayFault(campaign, 0);
    expect(report).toMatchObject({ stored: null, same: true, images: [{ image: 0, stored: null, differences: [] }] });
    expect(Object.isFrozen(report) && Object.isFrozen(report.images[0]!.sums)).toBe(true);
  });

  it.each([
    [-1, {}, 'campaign digits has the faults 0 to 39, received fault -1'],
    [40, {}, 'campaign digits has the faults 0 to 39, received fault 40'],
    [0, { images: [0, 7] }, 'image 7 is not one of the 5 images of campaign digits: 0, 1, 2, 3, 4'],
    [0, { vcdPath: 'x.vcd' }, 'only the rtl backend has signals to write a waveform of, received backend functional'],
    [0, { product: 0 }, 'a product is chosen for a waveform, and none is wanted'],
    [
      0,
      { product: 1, vcdPath: 'x.vcd', backend: 'rtl' },
      'layer fc2 runs 1 product for an image, counted from 0, received product 1',
    ],
  ] as const)('refuses fault %s with %o', async (n, options, message) => {
    await expect(replayFault(campaign, n, options)).rejects.toThrow(expect.objectContaining({ message }));
  });

  it('refuses a waveform of a product in which the fault does not act', async () => {
    const n = Array.from({ length: 30 }, (_, n) => n).find((n) => (transient.fault(n).product ?? 0) > 0)!;
    const { product } = transient.fault(n);
    const options = { product: 0, vcdPath: 'x.vcd', backend: 'rtl' } as const;
    await expect(replayFault(transient, n, options)).rejects.toThrow(
      `fault ${n} acts in product ${product} of layer conv2 only, received product 0`,
    );
  });

  it('stops when asked to', async () => {
    await expect(replayFault(campaign, 0, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
  });
});
