import { describe, expect, test } from 'vitest';
import type { CampaignSpec, PopulationSpec } from '../../../src/campaign/campaign-spec.ts';
import type { CampaignLayer } from '../../../src/campaign/population/campaign-layer.ts';
import { openPopulation, type Population, type PopulationFault } from '../../../src/campaign/population/population.ts';
import { planSample } from '../../../src/campaign/sampling/plan-sample.ts';
import { EspalierError } from '../../../src/errors.ts';
import { FAULT_KINDS } from '../../../src/fault/fault.ts';
import { PRESETS } from '../../../src/projection/space-time.ts';
import { planJob } from '../../../src/schedule/plan.ts';
import { formatFault } from '../../../src/spec/format.ts';
import { designOf } from '../../design/support/arrays.ts';

const FLIP = { kind: 'flip', value: null } as const;
const CONV = { m: 4, k: 5, n: 3, channelAxis: 'columns', firstChannel: 0 } as const;
const LAYERS: readonly CampaignLayer[] = [
  { name: 'conv', channels: 6, products: [CONV, { ...CONV, firstChannel: 3 }] },
  { name: 'dense', channels: 2, products: [{ ...CONV, m: 2, channelAxis: 'rows' }] },
];
/** 3 × 2 PEs of output-stationary int8, with nodes a, b, a_out, b_out (8 bits), c and c_in (32 bits). */
const DESIGN = designOf();
const NODE_BITS = 4 * 8 + 2 * 32;
const cyclesOf = (m: number) => planJob(DESIGN, m, 5, 3).cycles;

function open(
  given: Partial<PopulationSpec> & { readonly channels?: CampaignSpec['channels'] } = {},
  layers = LAYERS,
): Population {
  const { channels = 'all', ...population } = given;
  const whole = { kinds: [FLIP], nodes: null, bits: null, pes: null, window: 'permanent' } as const;
  return openPopulation(DESIGN, { population: { ...whole, ...population }, channels }, layers);
}

function describeFault({ layer, channel, product, fault }: PopulationFault): string {
  return `${layer} ${channel} ${product} ${formatFault(fault.spec)}`;
}

describe('the size of a population is', () => {
  test.each<[string, Parameters<typeof open>[0], number]>([
    ['layers × PEs × bits for permanent faults', {}, 2 * 6 * NODE_BITS],
    ['× kinds', { kinds: [FLIP, { kind: 'stuck_at_0', value: null }] }, 2 * 2 * 6 * NODE_BITS],
    ['× channels', { channels: 'each' }, (6 + 2) * 6 * NODE_BITS],
    ['× some channels, of layers that have them', { channels: [1, 4, 1] }, 3 * 6 * NODE_BITS],
    ['× the bits that each node has', { bits: [{ form: 'range', from: 6, to: 9 }] }, 2 * 6 * (4 * 2 + 2 * 4)],
    [
      '× masks',
      {
        bits: [
          { form: 'mask', mask: 0x300n },
          { form: 'mask', mask: 0x3n },
        ],
      },
      2 * 6 * (4 + 2 * 2),
    ],
    ['that of the nodes named, once each', { nodes: ['first', 'a', 'a'] }, 2 * 6 * 9],
    [
      'that of the PEs in the boxes',
      {
        pes: [
          { from: [1, 1], to: [2, 1] },
          { from: [2, 2], to: [2, 0] },
        ],
      },
      2 * 3 * NODE_BITS,
    ],
    [
      '× the cycles of all products for transient ones',
      { window: 'transient' },
      6 * NODE_BITS * (2 * cyclesOf(4) + cyclesOf(2)),
    ],
  ])('%s', (_, given, size) => {
    const population = open(given);
    expect(population.size).toBe(size);
    expect(population.live + population.dead).toBe(size);
  });
});

const EVERYTHING = {
  window: 'transient',
  channels: 'each',
  kinds: [FLIP, { kind: 'set', value: 0x5n }],
  bits: [
    { form: 'range', from: 0, to: 1 },
    { form: 'mask', mask: 0x700n },
  ],
} as const;

test.each<[string, Parameters<typeof open>[0]]>([
  ['permanent', {}],
  ['transient', EVERYTHING],
])('live %s faults are found once each, whatever they are parted by', (_, given) => {
  const population = open(given);
  const found = (strata: ReturnType<Population['strata']>) =>
    strata
      .flatMap((stratum) => Array.from({ length: stratum.live }, (_, n) => describeFault(stratum.faultAt(n))))
      .sort();
  const all = found(population.strata([]));
  expect(new Set(all).size).toBe(population.live);
  for (const keys of [['layer'], ['node', 'bit'], ['kind', 'pe'], ['channel', 'layer', 'node']] as const) {
    const strata = population.strata(keys);
    expect(found(strata)).toEqual(all);
    expect(strata.reduce((sum, { size }) => sum + size, 0)).toBe(population.size);
  }
});

test('strata are named by what their faults have in common', () => {
  const [, second] = open(EVERYTHING).strata(['layer', 'bit']);
  expect(second).toMatchObject({ label: 'layer conv, bit 1', values: { layer: 'conv', bit: '1' } });
  expect(open().strata([])).toMatchObject([{ label: 'all', values: {} }]);
});

test('a fault of one cycle acts in one tile of one product, with its value cut to its bits', () => {
  const stratum = open(EVERYTHING)
    .strata(['layer', 'node', 'kind', 'channel', 'bit', 'pe'])
    .find(({ label }) => label === 'layer conv, node c, kind set, channel 4, bit 0x700, pe 2,2');
  const faults = Array.from({ length: stratum!.live }, (_, n) => describeFault(stratum!.faultAt(n)));
  expect(faults[0]).toBe('0 4 1 set bits 0x700 to 0x0 of c at (2, 2) cycles =3 tile 0');
  expect(new Set(faults).size).toBe(faults.length);
});

test('a channel has live faults in the products that have it only', () => {
  const stratum = open({ window: 'transient', channels: [4] }).strata([])[0]!;
  const faults = Array.from({ length: stratum.live }, (_, n) => stratum.faultAt(n));
  expect(new Set(faults.map(({ product }) => product))).toEqual(new Set([1]));
});

test('products of one shape have as many live faults each', () => {
  const twice = open({ window: 'transient' }, [LAYERS[0]!]);
  const once = open({ window: 'transient' }, [{ ...LAYERS[0]!, products: [CONV] }]);
  expect(twice.live).toBe(2 * once.live);
  const stratum = twice.strata([])[0]!;
  const products = Array.from({ length: twice.live }, (_, n) => stratum.faultAt(n).product);
  expect(products.filter((product) => product === 1)).toHaveLength(once.live);
});

test('the domains count the whole and every property', () => {
  const domains = open({ window: 'transient', channels: [1, 4] }).domains();
  const { size } = open({ window: 'transient', channels: [1, 4] });
  for (const dimension of ['all', 'layer', 'node', 'bit', 'kind', 'pe', 'channel'] as const) {
    const own = domains.filter((domain) => domain.dimension === dimension);
    expect(
      own.reduce((sum, { live, dead }) => sum + live + dead, 0),
      dimension,
    ).toBe(size);
  }
  expect(domains.filter(({ dimension }) => dimension === 'channel').map(({ value }) => value)).toEqual(['1', '4']);
  expect(
    open()
      .domains()
      .filter(({ dimension }) => dimension === 'channel'),
  ).toEqual([]);
});

test('a sample of a large population is drawn without counting it out', () => {
  const large = { ...CONV, m: 3136, k: 1152, n: 256 };
  const population = open({ window: 'transient' }, [{ name: 'large', channels: 256, products: [large, large, large] }]);
  expect(population.live).toBeGreaterThan(1e9);
  const spec = {
    sampling: { method: 'count', count: 100, each: false },
    strata: ['node'],
    confidence: 0.95,
    seed: 1,
  } as const;
  const sample = planSample(spec, population);
  const strata = population.strata(['node']);
  const faults = Array.from({ length: 100 }, (_, n) => {
    const { stratum, index } = sample.indexOf(n);
    return describeFault(strata[stratum]!.faultAt(index));
  });
  expect(new Set(faults).size).toBe(100);
});

describe('refused is', () => {
  test.each<[string, Parameters<typeof open>[0] & object, string]>([
    [
      'everything that the array or the layers lack, at once',
      {
        nodes: ['p', 'd' as 'a'],
        pes: [{ from: [9, 9], to: [9, 9] }],
        channels: [6],
        kinds: [{ kind: 'flop' as 'flip', value: null }],
      },
      'population: unknown fault kind "flop", did you mean "flip"?; array sample has no node p: it has no product register; unknown node "d", expected a, b, c, p, a_out, b_out, c_in, first, last or s; array sample has PEs with x in 1 … 3 and y in 1 … 2 (6 in all), received (9, 9); the layers have at most 6 output channels, received channel 6',
    ],
    [
      'a bit that none of the nodes has',
      {
        nodes: ['a', 'b'],
        bits: [
          { form: 'range', from: 7, to: 8 },
          { form: 'mask', mask: 0x100n },
          { form: 'range', from: 3, to: 2 },
        ],
      },
      'population: the widest node of the population has bits 0 to 7, received bit 8; the widest node of the population has 8 bits, received mask 0x100; bits run from a least to a most significant one, received 3 to 2',
    ],
    [
      'a population without kinds and nodes',
      { kinds: [], nodes: [] },
      'the population holds no faults: the choices leave no nodes and no kinds',
    ],
    ['one without bits', { bits: [] }, 'the population holds no faults: the choices leave no nodes'],
  ])('%s', (_, given, message) => {
    expect(() => open(given)).toThrow(new EspalierError(message));
  });

  test('a population without layers or products', () => {
    expect(() => open({}, [])).toThrow('the population holds no faults: the choices leave no layers');
    const idle = [{ name: 'idle', channels: 1, products: [] }];
    expect(() => open({ window: 'transient' }, idle)).toThrow(
      'the population holds no faults: the layers have no matrix products',
    );
  });

  test('one too large to be counted exactly', () => {
    const product = { ...CONV, m: 20_000, k: 2000, n: 200 };
    const layers = Array.from({ length: 8 }, (_, n) => ({
      name: `layer ${n}`,
      channels: 1,
      products: Array.from({ length: 2000 }, () => product),
    }));
    const kinds = FAULT_KINDS.slice(0, 3).map((kind) => ({ kind, value: null }));
    expect(() => open({ window: 'transient', kinds }, layers)).toThrow(
      /^a population holds at most 2\^53 − 1 faults, to be counted exactly; this one has about [\d.]+e\+1\d: choose fewer layers, nodes or bits$/,
    );
  });
});

test('a permanent fault is dead where none of its cycles is live', () => {
  const design = designOf({ matrix: PRESETS.output_stationary });
  const population = { kinds: [FLIP], nodes: null, bits: null, pes: null, window: 'permanent' } as const;
  const narrow = [{ name: 'narrow', channels: 1, products: [{ ...CONV, m: 2, n: 1 }] }];
  const { strata } = openPopulation(design, { population, channels: 'all' }, narrow);
  const live = strata(['node', 'pe']).filter((stratum) => stratum.live > 0);
  expect(live.filter(({ values }) => values.node === 'c').map(({ values }) => values.pe)).toEqual(['1,1', '2,1']);
  // Operands pass PE (3, 1) and those of the second column on their way out of what is needed.
  expect(live.filter(({ values }) => values.node === 'a').map(({ values }) => values.pe)).toEqual(['1,1', '2,1']);
  expect(live.filter(({ values }) => values.node === 'b_out').map(({ values }) => values.pe)).toEqual(['1,1']);
});
