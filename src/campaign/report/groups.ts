import { FAULT_KINDS, FAULT_NODES } from '../../fault/fault.ts';
import { OUTCOME_CLASSES } from '../outcome.ts';
import type { CampaignRecord } from '../store/record.ts';
import type { BitGroup, CycleGroup, Estimate, Group, PeGroup, PopulationCount } from './campaign-summary.ts';
import type { CycleBins } from './cycle-bins.ts';
import type { Domains } from './domains.ts';
import { estimate, partOfPopulation, type SizedGroup } from './estimate.ts';
import type { FaultShares } from './fault-shares.ts';
import type { Measures } from './measures.ts';
import type { GroupKey, GroupTally, Tallies } from './tallies.ts';

/** Properties by which faults are grouped; the store may know how many faults each group has. */
const DIMENSIONS = ['all', 'layer', 'node', 'kind', 'bit', 'channel', 'pe', 'node,bit', 'cycle'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Tell how the groups of each dimension are called, as in the table `domains` where it has them. */
export function groupKeys({ layers }: CampaignRecord, bins: CycleBins): Record<Dimension, GroupKey> {
  const text = (value: number | null) => (value === null ? null : String(value));
  return {
    all: () => '',
    layer: ({ layer }) => layers[layer]!,
    node: ({ node }) => node,
    kind: ({ kind }) => kind,
    bit: ({ bit, mask }) => text(bit) ?? mask,
    channel: ({ channel }) => text(channel),
    pe: ({ x, y }) => `${x},${y}`,
    'node,bit': ({ node, bit }) => (bit === null ? null : `${node} ${bit}`),
    cycle: ({ layer, cycle }: FaultShares) => (cycle === null ? null : `${layer} ${bins.binOf(layer, cycle)}`),
  };
}

/** All that groups of faults are worked out from. */
export interface Gathered {
  readonly campaign: CampaignRecord;
  readonly domains: Domains;
  readonly measures: Measures;
  readonly tallies: Tallies<Dimension>;
}

/** Every group of a dimension that the population or the sample has, in a fixed order. */
export function groupsOf(gathered: Gathered, dimension: Dimension): Group[] {
  const { domains, tallies } = gathered;
  const values = new Set([...(domains.get(dimension)?.keys() ?? []), ...tallies.of(dimension).keys()]);
  return inOrder([...values], orderOf(gathered.campaign, dimension)).map((value) =>
    groupOf(gathered, dimension, value),
  );
}

/** Every bit of every node that was seen. */
export function bitGroups(gathered: Gathered): BitGroup[] {
  const parts = [...gathered.tallies.of('node,bit').keys()].map((value) => {
    const [node, bit] = value.split(' ') as [string, string];
    return { value, node, bit: Number(bit) };
  });
  const rank = rankIn(FAULT_NODES);
  return parts
    .sort((a, b) => rank(a.node) - rank(b.node) || a.bit - b.bit)
    .map(({ value, node, bit }) => ({ ...groupOf(gathered, 'node,bit', value), node, bit }));
}

/** Every range of cycles of every layer that was seen. */
export function cycleGroups(gathered: Gathered, bins: CycleBins): CycleGroup[] {
  const parts = [...gathered.tallies.of('cycle').keys()].map((value) => {
    const [layer, bin] = value.split(' ').map(Number) as [number, number];
    return { value, layer, ...bins.rangeOf(layer, bin) };
  });
  return parts
    .sort((a, b) => a.layer - b.layer || a.from - b.from)
    .map(({ value, layer, from, to }) => ({
      ...groupOf(gathered, 'cycle', value),
      value: from === to ? `${from}` : `${from}–${to}`,
      layer: gathered.campaign.layers[layer]!,
      from,
      to,
    }));
}

/** Every PE of the array, in its order. */
export function peGroups(gathered: Gathered): PeGroup[] {
  const { campaign, measures } = gathered;
  return campaign.array.pes.map(([x, y]) => {
    const { tally, population, sized } = partOf(gathered, 'pe', `${x},${y}`);
    const sdc1 = sized && share(gathered, sized, tally, measures.classes.sdc_1, 0);
    return { x, y, population, ...countOf(tally), sdc1 };
  });
}

/** Count the faults of a group that were run and those that could not be. */
export function countOf(tally: GroupTally): { run: number; errors: number } {
  const count = { run: 0, errors: 0 };
  for (const { run, errors } of tally.values()) {
    count.run += run;
    count.errors += errors;
  }
  return count;
}

function groupOf(gathered: Gathered, dimension: Dimension, value: string): Group {
  const { tally, population, sized } = partOf(gathered, dimension, value);
  const { classes } = gathered.measures;
  const shares =
    sized &&
    (Object.fromEntries(
      OUTCOME_CLASSES.map((name) => [name, share(gathered, sized, tally, classes[name], name === 'masked' ? 1 : 0)]),
    ) as NonNullable<Group['shares']>);
  return { value, population, ...countOf(tally), shares };
}

const NOTHING: GroupTally = new Map();

function partOf({ campaign, domains, tallies }: Gathered, dimension: Dimension, value: string) {
  const tally = tallies.of(dimension).get(value) ?? NOTHING;
  const population: PopulationCount | null = domains.get(dimension)?.get(value) ?? null;
  const whole = tallies.of('all').get('') ?? NOTHING;
  return { tally, population, sized: partOfPopulation(campaign.strata, whole, tally, population) };
}

function share(
  { campaign }: Gathered,
  sized: SizedGroup,
  tally: GroupTally,
  measure: number,
  deadShare: number,
): Estimate {
  return estimate(sized, tally, { measure, deadShare, confidence: campaign.confidence });
}

/** Names that come in an order of their own; the others are numbers, or masks, which come last. */
function orderOf({ layers }: CampaignRecord, dimension: Dimension): readonly string[] {
  const orders: Partial<Record<Dimension, readonly string[]>> = { layer: layers, node: FAULT_NODES, kind: FAULT_KINDS };
  return orders[dimension] ?? [];
}

function inOrder(values: readonly string[], names: readonly string[]): string[] {
  const rank = rankIn(names);
  const isMask = (value: string) => Number(value.startsWith('0x'));
  return values.toSorted(
    (a, b) => rank(a) - rank(b) || isMask(a) - isMask(b) || a.localeCompare(b, 'en', { numeric: true }),
  );
}

function rankIn(names: readonly string[]): (name: string) => number {
  const ranks = new Map(names.map((name, at) => [name, at]));
  return (name) => ranks.get(name) ?? names.length;
}
