import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Backend, MatmulJob } from '../../../src/backend/backend.ts';
import { cycleBackend, functionalBackend } from '../../../src/backend/functional.ts';
import type { CampaignSpec } from '../../../src/campaign/campaign-spec.ts';
import type { CampaignProduct } from '../../../src/campaign/population/campaign-layer.ts';
import { openPopulation, type PopulationFault } from '../../../src/campaign/population/population.ts';
import { randomStream } from '../../../src/check/random.ts';
import { buildDesign } from '../../../src/design/build-design.ts';
import type { Design } from '../../../src/design/design.ts';
import type { Dtype } from '../../../src/dtype/dtype.ts';
import type { Fault, FaultNode } from '../../../src/fault/fault.ts';
import { resolveFault } from '../../../src/fault/resolve.ts';
import { PRESETS } from '../../../src/projection/space-time.ts';
import { planJob } from '../../../src/schedule/plan.ts';
import { tensor } from '../../../src/tensor/tensor.ts';
import { designOf, MATRICES, specs } from '../../design/support/arrays.ts';

const SEED = 1;

/** One transient flip of bit 0 in every node, PE and cycle of one product. */
function populationOf(design: Design, product: CampaignProduct, channels: CampaignSpec['channels']) {
  const population = {
    kinds: [{ kind: 'flip', value: null }],
    nodes: design.faultSites.map(({ node }) => node),
    bits: [{ form: 'range', from: 0, to: 0 }],
    pes: null,
    window: 'transient',
  } as const;
  const layer = {
    name: 'layer',
    channels: product.channelAxis === 'rows' ? product.m : product.n,
    products: [product],
  };
  return openPopulation(design, { population, channels }, [layer]);
}

/** The cycle of the product in which a fault acts. */
function cycleOf(design: Design, { m, k, n }: CampaignProduct, { fault }: PopulationFault): number {
  const { from, to, tile } = fault.window;
  expect(to).toBe(from);
  return from + (tile === null ? 0 : planJob(design, m, k, n).tiles[tile]!.startCycle);
}

function operandsOf({ m, k, n }: CampaignProduct, purpose: string) {
  const random = randomStream(SEED, purpose);
  // Odd and positive: a flip of bit 0 changes every product, and no sum comes out the same.
  const values = (count: number, most: number) =>
    Float64Array.from({ length: count }, () => 2 * random.int(0, most) + 1);
  return {
    a: tensor('float64', [m, k], values(m * k, 50)),
    b: tensor('float64', [k, n], values(k * n, 50)),
    c: tensor('float64', [m, n], values(m * n, 1000)),
  };
}

const backendFor = (design: Design, node: FaultNode) =>
  ['first', 'last', 's'].includes(node) ? cycleBackend(design) : functionalBackend(design);

/** The bits of the part of a result that counts: all, or the line of a channel. */
async function resultOf(
  backend: Backend,
  job: MatmulJob,
  { n, channelAxis }: CampaignProduct,
  channel: number | null,
  faults: readonly Fault[],
): Promise<unknown[]> {
  const { data } = (await backend.matmul(job, { faults })).result;
  const width = data.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const isSeen = (at: number) => channel === null || (channelAxis === 'rows' ? Math.floor(at / n) : at % n) === channel;
  return Array.from(data.keys()).flatMap((at) => (isSeen(at) ? [...bytes.subarray(at * width, (at + 1) * width)] : []));
}

interface Live {
  /** For each node and PE the cycles of the product that are live. */
  readonly cycles: ReadonlyMap<string, ReadonlySet<number>>;
  readonly faults: readonly PopulationFault[];
}

function liveOf(design: Design, product: CampaignProduct, channel: number | null): Live & { size: number } {
  const population = populationOf(design, product, channel === null ? 'all' : [channel]);
  const [all] = population.strata([]);
  const faults = Array.from({ length: population.live }, (_, n) => all!.faultAt(n));
  const cycles = new Map<string, Set<number>>();
  for (const fault of faults) {
    const key = `${fault.fault.node} ${fault.fault.peIndex}`;
    const known = cycles.get(key) ?? new Set();
    const cycle = cycleOf(design, product, fault);
    expect(fault.productCycle).toBe(cycle);
    expect(known.has(cycle), `${key} cycle ${cycle} is live once`).toBe(false);
    cycles.set(key, known.add(cycle));
  }
  return { cycles, faults, size: population.size };
}

function deadFaults(design: Design, cycles: number, node: FaultNode, live: Live): Fault[] {
  const random = randomStream(SEED, `masks ${node}`);
  const { widthBits } = design.faultSites.find((site) => site.node === node)!;
  const isFloat = design.lines.a.float !== null;
  return design.pes.flatMap(({ index, x, y }) =>
    Array.from({ length: cycles }, (_, cycle) => cycle)
      .filter((cycle) => !live.cycles.get(`${node} ${index}`)?.has(cycle))
      .map((cycle) => {
        // Of a floating-point zero all bits together make a NaN.
        const mask = random.bits(widthBits) | (isFloat ? (1n << BigInt(widthBits)) - 1n : 1n);
        const bits = { form: 'mask', mask, msb: 'last' } as const;
        const window = { from: cycle, to: cycle, tile: null };
        return resolveFault(design, { name: null, kind: 'flip', node, pe: { x, y }, bits, value: null, window });
      }),
  );
}

const RAGGED = { m: 4, k: 5, n: 3, channelAxis: 'columns', firstChannel: 0 } as const;
const FLOAT: Record<'a' | 'b' | 'c', Dtype> = { a: 'float32', b: 'float32', c: 'float32' };

const CASES: [string, CampaignProduct, Parameters<typeof designOf>[0], number | null][] = [
  ...Object.entries(MATRICES).map(([name, matrix]): (typeof CASES)[number] => [
    `${name}, ragged`,
    RAGGED,
    { matrix, size: [3, 2, 2], multiplierStages: 1 },
    null,
  ]),
  ...Object.entries(MATRICES).map(([name, matrix]): (typeof CASES)[number] => [
    `${name}, a channel in columns`,
    { ...RAGGED, m: 5, n: 5 },
    { matrix, size: [2, 3, 2] },
    3,
  ]),
  ['no_local_reuse, a cube', { ...RAGGED, m: 5, n: 7 }, { matrix: PRESETS.no_local_reuse, size: [3, 3, 3] }, null],
  [
    'no_local_reuse, a long side',
    { ...RAGGED, m: 7, n: 11 },
    { matrix: PRESETS.no_local_reuse, size: [3, 5, 3] },
    null,
  ],
  [
    'no_local_reuse, one tile',
    { ...RAGGED, m: 2, k: 3, n: 4 },
    { matrix: PRESETS.no_local_reuse, size: [3, 5, 3] },
    null,
  ],
  ...Object.entries(PRESETS).map(([name, matrix]): (typeof CASES)[number] => [
    `${name}, a channel in rows`,
    { ...RAGGED, m: 5, channelAxis: 'rows' },
    { matrix, size: [3, 2, 2] },
    4,
  ]),
  [
    'sums that enter before their operands',
    { ...RAGGED, m: 1, k: 2, n: 1 },
    {
      matrix: [
        [0, -1, 1],
        [-1, 1, -1],
        [1, 1, 1],
      ],
      size: [1, 3, 1],
      multiplierStages: 1,
    },
    null,
  ],
  ['row_stationary, floats', RAGGED, { matrix: PRESETS.row_stationary, size: [3, 2, 2], types: FLOAT }, null],
  ['no_local_reuse, floats', RAGGED, { matrix: PRESETS.no_local_reuse, size: [3, 2, 2], types: FLOAT }, null],
];

describe.each(CASES)('%s', (name, product, given, channel) => {
  const design = designOf(given);
  const { cycles } = planJob(design, product.m, product.k, product.n);
  const live = liveOf(design, product, channel);

  test('live and dead faults are all PEs × nodes × cycles', () => {
    expect(live.size).toBe(design.pes.length * design.faultSites.length * cycles);
  });

  test.each(design.faultSites.map(({ node }) => node))(
    'dead faults in %s change nothing, not even together',
    async (node) => {
      const operands = operandsOf(product, name);
      const backend = backendFor(design, node);
      const right = await resultOf(backend, operands, product, channel, []);
      const wrong = await resultOf(backend, operands, product, channel, deadFaults(design, cycles, node, live));
      expect(wrong, `seed ${SEED}`).toEqual(right);
    },
  );

  const isExact = design.spec.types.a !== 'float32' && !design.hasIdleSteps;
  test.runIf(isExact)('every live fault of an operand, a product or a sum changes something', async () => {
    const operands = operandsOf(product, name);
    const backend = functionalBackend(design);
    const right = await resultOf(backend, operands, product, channel, []);
    for (const { fault } of live.faults) {
      if (['first', 'last', 's'].includes(fault.node)) continue;
      const place = `${fault.node} at PE ${fault.peIndex} in cycle ${fault.window.from} of tile ${fault.window.tile}`;
      expect(await resultOf(backend, operands, product, channel, [fault]), place).not.toEqual(right);
    }
  });
});

const side = fc.integer({ min: 1, max: 7 });

test('in arrays of any legal matrix dead faults change nothing', async () => {
  await fc.assert(
    fc.asyncProperty(specs, side, side, side, fc.boolean(), async (spec, m, k, n, alone) => {
      const design = buildDesign(spec);
      const product = { ...RAGGED, m, k, n };
      const channel = alone ? n - 1 : null;
      const live = liveOf(design, product, channel);
      const operands = operandsOf(product, 'any');
      const { cycles } = planJob(design, m, k, n);
      for (const { node } of design.faultSites) {
        const backend = backendFor(design, node);
        const faults = deadFaults(design, cycles, node, live);
        const right = await resultOf(backend, operands, product, channel, []);
        expect(await resultOf(backend, operands, product, channel, faults), node).toEqual(right);
      }
    }),
    { numRuns: 60 },
  );
}, 120_000);
