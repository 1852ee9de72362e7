import type { Design } from '../../design/design.ts';
import { EspalierError } from '../../errors.ts';
import type { FaultNode } from '../../fault/fault.ts';
import { kindProblem, maskProblem, nodeProblem } from '../../fault/fault-rules.ts';
import { describeMissingPe } from '../../fault/missing-pe.ts';
import { absentSiteProblem } from '../../fault/resolve.ts';
import type { CampaignMistake } from '../../spec/campaign-mistakes.ts';
import { list } from '../../spec/suggest.ts';
import { hex } from '../../spec/wording.ts';
import type { CampaignSpec, PopulationBits, PopulationKind, PopulationSpec } from '../campaign-spec.ts';
import type { CampaignLayer } from './campaign-layer.ts';

/** A layer of the population. */
export interface LayerCoordinate {
  /** Its number in the order of the campaign's layers. */
  readonly index: number;
  readonly layer: CampaignLayer;
  /** Channels in which faults show alone; a single null for all at once. */
  readonly channels: readonly (number | null)[];
}

/** A node of the population, with the bits of each of its faults as masks. */
export interface NodeCoordinate {
  readonly node: FaultNode;
  readonly masks: readonly bigint[];
}

/** The lists of which a population is the product, but that bits depend on the node and channels on the layer. */
export interface Coordinates {
  readonly layers: readonly LayerCoordinate[];
  readonly nodes: readonly NodeCoordinate[];
  /** Indices of PEs. */
  readonly pes: readonly number[];
  readonly kinds: readonly PopulationKind[];
}

/**
 * Look up what a campaign is about in its array and layers; what is named twice counts once.
 * @throws {EspalierError} with everything that the array or the layers lack, or the lists that are empty.
 */
export function coordinatesOf(
  design: Design,
  { population, channels }: Pick<CampaignSpec, 'population' | 'channels'>,
  layers: readonly CampaignLayer[],
): Coordinates {
  const problems = [...populationMistakes(design, population), ...channelMistakes(channels, layers)];
  if (problems.length > 0) throw new EspalierError(`population: ${problems.map(({ message }) => message).join('; ')}`);
  const coordinates: Coordinates = {
    layers: layers
      .map((layer, index) => ({ index, layer, channels: channelsOf(channels, layer) }))
      .filter((layer) => layer.channels.length > 0),
    nodes: nodesOf(design, population).filter(({ masks }) => masks.length > 0),
    pes: pesOf(design, population),
    kinds: distinctKinds(population.kinds),
  };
  refuseEmpty(coordinates);
  return coordinates;
}

/** List the kinds, nodes, PEs and bits of a population that an array does not have. */
export function populationMistakes(design: Design, population: PopulationSpec): CampaignMistake[] {
  return [
    ...mistakesIn('kinds', population.kinds, ({ kind }) => kindProblem(kind)),
    ...mistakesIn('nodes', population.nodes, (node) => absentNode(design, node)),
    ...mistakesIn('pes', population.pes, (box) => missingPes(design, box)),
    ...mistakesIn('bits', population.bits, absentBits(design, population)),
  ];
}

/** Tell whether a population holds faults twice: the kind set on a single bit is one of the kinds stuck at. */
export function namesTwice({ kinds, bits }: PopulationSpec): boolean {
  const has = (wanted: string) => kinds.some(({ kind }) => kind.startsWith(wanted));
  const hasSingleBits = bits === null || bits.some(({ form }) => form === 'range');
  return has('set') && has('stuck_at') && hasSingleBits;
}

/** List the output channels that no layer has. */
export function channelMistakes(
  channels: CampaignSpec['channels'],
  layers: readonly CampaignLayer[],
): CampaignMistake[] {
  if (typeof channels === 'string') return [];
  const most = layers.reduce((widest, layer) => Math.max(widest, layer.channels), 0);
  return mistakesIn('channels', channels, (channel) => {
    if (!(Number.isInteger(channel) && channel >= 0)) return `a channel is a whole number from 0, received ${channel}`;
    if (layers.length === 0 || channel < most) return null;
    return `the layers have at most ${most} output channels, received channel ${channel}`;
  });
}

function mistakesIn<T>(
  word: CampaignMistake['word'],
  entries: readonly T[] | null,
  problemOf: (entry: T) => string | null,
): CampaignMistake[] {
  return (entries ?? []).flatMap((item, entry) => {
    const message = problemOf(item);
    return message === null ? [] : [{ word, entry, message }];
  });
}

/** Nodes that are not named are those that hold numbers of the computation. */
function nodesOf(design: Design, { nodes, bits }: PopulationSpec): NodeCoordinate[] {
  const isChosen = (node: FaultNode) => (nodes ? nodes.includes(node) : !['first', 'last', 's'].includes(node));
  return design.faultSites
    .filter(({ node }) => isChosen(node))
    .map(({ node, widthBits }) => ({ node, masks: masksOf(bits, widthBits) }));
}

function masksOf(bits: PopulationSpec['bits'], widthBits: number): bigint[] {
  const masks = new Set<bigint>();
  for (const item of bits ?? [{ form: 'range', from: 0, to: widthBits - 1 } as const]) {
    if (item.form === 'mask') masks.add(item.mask);
    else for (let bit = item.from; bit <= Math.min(item.to, widthBits - 1); bit++) masks.add(1n << BigInt(bit));
  }
  return [...masks].filter((mask) => mask >> BigInt(widthBits) === 0n);
}

function pesOf({ pes }: Design, { pes: boxes }: PopulationSpec): number[] {
  const isChosen = (pe: { x: number; y: number }) => boxes === null || boxes.some((box) => isInBox(pe, box));
  return pes.filter(isChosen).map(({ index }) => index);
}

function channelsOf(channels: CampaignSpec['channels'], layer: CampaignLayer): (number | null)[] {
  if (channels === 'all') return [null];
  if (channels === 'each') return Array.from({ length: layer.channels }, (_, channel) => channel);
  return [...new Set(channels)].filter((channel) => channel < layer.channels);
}

function distinctKinds(kinds: readonly PopulationKind[]): PopulationKind[] {
  return [...new Map(kinds.map((kind) => [`${kind.kind} ${kind.value}`, kind])).values()];
}

function absentNode(design: Design, node: FaultNode): string | null {
  const unknown = nodeProblem(node);
  if (unknown !== null) return unknown;
  if (design.faultSites.some((site) => site.node === node)) return null;
  return absentSiteProblem(design, node);
}

type Box = NonNullable<PopulationSpec['pes']>[number];

/** A box may hold places without a PE, such as the corners of a hexagon, but not these alone. */
function missingPes(design: Design, box: Box): string | null {
  if (design.pes.some((pe) => isInBox(pe, box))) return null;
  const [x, y] = box.from;
  return describeMissingPe(design, { x, y });
}

function isInBox({ x, y }: { x: number; y: number }, { from, to }: Box): boolean {
  return isBetween(x, from[0], to[0]) && isBetween(y, from[1], to[1]);
}

function isBetween(value: number, one: number, other: number): boolean {
  return value >= Math.min(one, other) && value <= Math.max(one, other);
}

/** A bit may be beyond some of the nodes, but not beyond all. */
function absentBits(design: Design, population: PopulationSpec): (bits: PopulationBits) => string | null {
  const widths = nodesOf(design, { ...population, bits: [] }).map(
    ({ node }) => design.faultSites.find((site) => site.node === node)!.widthBits,
  );
  const widest = Math.max(0, ...widths);
  return (bits) => {
    if (bits.form === 'mask') {
      const wrong = maskProblem(bits.mask);
      if (wrong !== null || widest === 0 || bits.mask >> BigInt(widest) === 0n) return wrong;
      return `the widest node of the population has ${widest} bits, received mask ${hex(bits.mask)}`;
    }
    const { from, to } = bits;
    if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to)) {
      return `bits run from a least to a most significant one, received ${from} to ${to}`;
    }
    if (widest === 0 || to < widest) return null;
    return `the widest node of the population has bits 0 to ${widest - 1}, received bit ${to}`;
  };
}

function refuseEmpty({ layers, nodes, pes, kinds }: Coordinates): void {
  const empty = Object.entries({ layers, nodes, PEs: pes, kinds }).filter(([, items]) => items.length === 0);
  if (empty.length === 0) return;
  const choices = empty.map(([name]) => name);
  throw new EspalierError(`the population holds no faults: the choices leave no ${list(choices, 'and no')}`);
}
