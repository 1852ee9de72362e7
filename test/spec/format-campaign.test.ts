import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type CampaignSpec, IMAGE_ORDERS, type SamplingSpec, STRATA } from '../../src/campaign/campaign-spec.ts';
import { EspalierError } from '../../src/errors.ts';
import { FAULT_NODES } from '../../src/fault/fault.ts';
import { LOWERINGS } from '../../src/onnx/lowering/lowering.ts';
import { formatSpec } from '../../src/spec/format.ts';
import { formatCampaign } from '../../src/spec/format-campaign.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { formatPercent } from '../../src/spec/percent.ts';
import { CAMPAIGN, GOOD } from './example.ts';

const { arrays } = parseSpec(`array os8 { ${GOOD} }`, 'f.array');
const array = arrays[0]!;
const minimal = parseSpec(
  `array os8 { ${GOOD} }\ncampaign c { array os8; model "m.onnx"; data "x.npy"; sample margin 5 % }`,
  'f.array',
).campaigns[0]!;

describe('the formatter of campaigns', () => {
  it('prints a campaign with its defaults filled in', () => {
    expect(formatCampaign(minimal)).toBe(`campaign c {
  array os8
  model "m.onnx"
  data "x.npy"
  images all
  lowering im2col
  channels all
  kinds stuck_at_0, stuck_at_1
  window permanent
  sample margin 5 % p 50 %
  confidence 95 %
  outcomes confidence_change 10 %, 20 %
  seed 1
}
`);
  });

  it('prints every statement', () => {
    const { campaigns } = parseSpec(CAMPAIGN, 'f.array');
    const text = CAMPAIGN.slice(CAMPAIGN.indexOf('campaign'));
    expect(formatCampaign(campaigns[0]!)).toBe(
      text.replace('input shift', 'input "shift"').replace(', conv2', ', "conv2"').replace('0x0f', '0xf'),
    );
  });

  test.each([
    [0.025, '2.5 %'],
    [0.5, '50 %'],
    [1, '100 %'],
    [0.3, '30 %'],
    [0.07, '7 %'],
    [0.001, '0.1 %'],
    [1e-9, '0.0000001 %'],
    [0.1 + 0.2, '30.000000000000004 %'],
  ])('prints the share %d as %s', (share, text) => {
    expect(formatPercent(share)).toBe(text);
  });

  it('prints any campaign so that reading it gives an equal one', () => {
    fc.assert(
      fc.property(campaigns, (campaigns) => {
        const spec = { arrays, faults: [], campaigns };
        expect(parseSpec(formatSpec(spec), 'f.array')).toEqual(spec);
      }),
      { numRuns: 300 },
    );
  });

  it('prints the array of another file once, beside its campaigns', () => {
    const campaigns = [minimal, { ...minimal, name: 'd' }];
    expect(parseSpec(formatSpec({ arrays: [], faults: [], campaigns }), 'f.array')).toEqual({
      ...{ arrays, faults: [] },
      campaigns,
    });
  });

  it('refuses to print two arrays of one name', () => {
    const campaigns = [{ ...minimal, array: { ...array, faultSlots: 1 } }];
    expect(() => formatSpec({ arrays, faults: [], campaigns })).toThrowError(
      new EspalierError('campaign "c" and its array "os8" cannot be printed beside another array "os8"'),
    );
  });
});

const word = fc.stringMatching(/^[A-Za-z_]\w{0,12}$/);
const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 8 });
const share = fc.double({ min: 0, max: 1, minExcluded: true, maxExcluded: true, noNaN: true });
const margin = fc.double({ min: 0, max: 0.5, minExcluded: true, maxExcluded: true, noNaN: true });
const count = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const value = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });

/** Lists of entries that differ in what they stand for. */
function distinct<T>(entry: fc.Arbitrary<T>, key: (entry: T) => unknown = (entry) => entry) {
  return fc.uniqueArray(entry, { minLength: 1, maxLength: 4, selector: key });
}

const steps = fc.constantFrom(null, 'nchw, scale 1/255', 'size 28x28,\tgray');
const data = fc.oneof(
  fc.record({ input: fc.constant(null), path: text, preprocess: steps }).map((only) => [only]),
  distinct(fc.record({ input: text, path: text, preprocess: steps }), ({ input }) => input),
);

const kinds = distinct(
  fc.oneof(
    fc.record({ kind: fc.constantFrom('stuck_at_0', 'stuck_at_1', 'flip'), value: fc.constant(null) }),
    fc.record({ kind: fc.constant('set'), value }),
  ),
  ({ kind, value }) => `${kind} ${value}`,
);

/** Ranges one behind the other, and masks of two bits or more. */
const bits = fc
  .tuple(
    fc.uniqueArray(fc.nat(127), { minLength: 2, maxLength: 6 }).map((ends) => ends.sort((a, b) => a - b)),
    fc.uniqueArray(
      value.filter((mask) => (mask & (mask - 1n)) !== 0n),
      { maxLength: 2 },
    ),
  )
  .map(([ends, masks]) => [
    ...masks.map((mask) => ({ form: 'mask' as const, mask })),
    ...ends.flatMap((from, index) =>
      index % 2 === 1 ? [] : [{ form: 'range' as const, from, to: ends[index + 1] ?? from }],
    ),
  ]);

/** Boxes one above the other. */
const coordinate = fc.integer({ min: -12582912, max: 12582912 });
const pes = fc
  .tuple(coordinate, fc.nat(9), fc.uniqueArray(coordinate, { minLength: 1, maxLength: 4 }))
  .map(([x, width, rows]) =>
    rows.map((y) => ({ from: [x, y] as const, to: [Math.min(x + width, 12582912), y] as const })),
  );

const sampling: fc.Arbitrary<SamplingSpec> = fc.oneof(
  fc.record({ method: fc.constant('exhaustive') }),
  fc.record({ method: fc.constant('count'), count, each: fc.boolean() }),
  fc.record({ method: fc.constant('margin'), margin, p: share, each: fc.boolean() }),
  fc.record({ method: fc.constant('sequential'), margin }),
);

const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });

const campaign: fc.Arbitrary<CampaignSpec> = fc
  .record({
    name: word,
    array: fc.constant(array),
    model: text,
    data,
    labels: maybe(text),
    images: fc.record({ count: maybe(count), order: fc.constantFrom(...IMAGE_ORDERS) }),
    layers: maybe(distinct(text)),
    lowering: fc.constantFrom(...LOWERINGS),
    channels: fc.oneof(fc.constantFrom('all', 'each'), distinct(fc.maxSafeNat())),
    population: fc.record({
      kinds,
      nodes: maybe(distinct(fc.constantFrom(...FAULT_NODES))),
      bits: maybe(bits),
      pes: maybe(pes),
      window: fc.constantFrom('permanent', 'transient'),
    }),
    sampling,
    strata: distinct(fc.constantFrom(...STRATA)),
    confidence: share.filter((level) => level >= 0.5),
    confidenceChanges: distinct(share),
    seed: fc.maxSafeNat(),
  })
  .chain((spec) => {
    const parted = 'each' in spec.sampling && spec.sampling.each;
    return fc.constantFrom(...(parted ? [spec] : [spec, { ...spec, strata: [] }]));
  });

const campaigns = distinct(campaign, ({ name }) => name);
