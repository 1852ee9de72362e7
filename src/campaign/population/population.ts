import type { Design } from '../../design/design.ts';
import { EspalierError } from '../../errors.ts';
import type { CampaignFault } from '../campaign-fault.ts';
import { type CampaignSpec, STRATA, type StratumKey } from '../campaign-spec.ts';
import { blocksOf } from './blocks.ts';
import type { CampaignLayer } from './campaign-layer.ts';
import { coordinatesOf } from './coordinates.ts';
import { type Part, partsOf } from './parts.ts';
import { ProductUnits } from './product-units.ts';
import { Stratum } from './stratum.ts';

/** A fault of the population, not yet numbered by a campaign. */
export type PopulationFault = Omit<CampaignFault, 'n' | 'stratum'>;

/** How many faults of a population have a property, as the table `domains` of a store holds it. */
export interface Domain {
  readonly dimension: 'all' | StratumKey;
  readonly value: string;
  readonly live: number;
  readonly dead: number;
}

/** All faults that a campaign is about, counted exactly and numbered, without a list of them. */
export interface Population {
  /** Live and dead ones. */
  readonly size: number;
  /** Faults that can change an output. The others are masked, whatever the data. */
  readonly live: number;
  readonly dead: number;
  /** Part the population by some of its properties; without any it is one part. */
  strata(keys: readonly StratumKey[]): readonly Stratum[];
  /** Count the faults of the whole, and of each layer, node, bit, kind, PE and channel. */
  domains(): readonly Domain[];
}

/**
 * Count the faults of a campaign: layers × channels × PEs × nodes × bits × kinds, and for transient ones × the cycles of
 * all products of one image, from the first beat of each to the sample of its last result.
 * @throws {EspalierError} with everything that the array or the layers lack, for a population without faults, or one too
 * large to be counted exactly.
 */
export function openPopulation(
  design: Design,
  spec: Pick<CampaignSpec, 'population' | 'channels'>,
  layers: readonly CampaignLayer[],
): Population {
  const coordinates = coordinatesOf(design, spec, layers);
  const blocks = blocksOf(coordinates, spec.population.window, new ProductUnits(design));
  const stratumOf = (part: Part) => new Stratum(design, coordinates, blocks, part);
  const strata = (keys: readonly StratumKey[]) =>
    partsOf(design, coordinates, keys)
      .map(stratumOf)
      .filter(({ size }) => size > 0);
  const [all] = strata([]);
  if (all === undefined) throw new EspalierError('the population holds no faults: the layers have no matrix products');
  const { size, live, dead } = all;
  if (size > Number.MAX_SAFE_INTEGER) {
    throw new EspalierError(
      `a population holds at most 2^53 − 1 faults, to be counted exactly; this one has about ${size.toExponential(1)}: choose fewer layers, nodes or bits`,
    );
  }
  return {
    size,
    live,
    dead,
    strata,
    domains: () => [
      { dimension: 'all', value: '', live, dead },
      ...STRATA.flatMap((key) =>
        strata([key]).flatMap((stratum) => {
          const value = stratum.values[key]!;
          return value === ALL_CHANNELS ? [] : [{ dimension: key, value, live: stratum.live, dead: stratum.dead }];
        }),
      ),
    ],
  };
}

/** Value of the key `channel` for faults that show in all channels, which are no domain. */
const ALL_CHANNELS = 'all';
