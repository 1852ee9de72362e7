import type { CampaignFault } from '../../../../src/campaign/campaign-fault.ts';
import type { CampaignLayer } from '../../../../src/campaign/population/campaign-layer.ts';
import { openPopulation, type PopulationFault } from '../../../../src/campaign/population/population.ts';
import type { Stratum } from '../../../../src/campaign/population/stratum.ts';
import { drawFault, windowForm } from '../../../../src/check/draw-fault.ts';
import { type Random, trialRandom } from '../../../../src/check/random.ts';
import type { Design } from '../../../../src/design/design.ts';
import { ALWAYS } from '../../../../src/fault/fault.ts';
import { resolveFault } from '../../../../src/fault/resolve.ts';
import { planJob } from '../../../../src/schedule/plan.ts';

/** Draws faults of all nodes, kinds, masks and windows, and among them those that campaigns draw. */
export class CampaignFaults {
  readonly #design: Design;
  readonly #layers: readonly CampaignLayer[];
  readonly #seed: number;
  readonly #populations: readonly Stratum[];

  constructor(design: Design, layers: readonly CampaignLayer[], seed: number) {
    this.#design = design;
    this.#layers = layers;
    this.#seed = seed;
    const sites = new Set(design.faultSites.map(({ node }) => node));
    this.#populations = (['permanent', 'transient'] as const).map((window) => {
      const kinds = (['stuck_at_0', 'stuck_at_1', 'flip'] as const).map((kind) => ({ kind, value: null }));
      const population = { kinds, nodes: [...sites], bits: null, pes: null, window };
      return openPopulation(design, { population, channels: 'all' }, layers).strata([])[0]!;
    });
  }

  /** Draw fault number `n`. */
  draw(n: number): CampaignFault {
    const random = trialRandom(this.#seed, n);
    const fault = random.chance(1, 2) ? this.#ofPopulation(random) : this.#ofAnyKind(random);
    return { n, stratum: 0, ...fault };
  }

  #ofPopulation(random: Random): PopulationFault {
    const population = random.pick(this.#populations);
    return population.faultAt(Number(random.bits(52) % BigInt(population.live)));
  }

  /** Draw a fault in any window of one product, or one that acts always, now and then in one channel. */
  #ofAnyKind(random: Random): PopulationFault {
    const layer = random.int(0, this.#layers.length - 1);
    const { products, channels } = this.#layers[layer]!;
    const product = random.int(0, products.length - 1);
    const { m, k, n } = products[product]!;
    const drawn = drawFault(random, this.#design, planJob(this.#design, m, k, n));
    const isAlways = windowForm(drawn.window) === 'always' || random.chance(1, 3);
    return {
      layer,
      channel: random.chance(1, 5) ? random.int(0, channels - 1) : null,
      product: isAlways && random.chance(4, 5) ? null : product,
      productCycle: null,
      fault: resolveFault(this.#design, { ...drawn, window: isAlways ? ALWAYS : drawn.window }),
    };
  }
}
