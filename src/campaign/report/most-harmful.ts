import type { CampaignRecord } from '../store/record.ts';
import type { HarmfulFault } from './campaign-summary.ts';
import type { FaultShares } from './fault-shares.ts';
import type { Measures } from './measures.ts';

/** A harmful fault before its text is read. */
export type HarmfulNumbers = Omit<HarmfulFault, 'text'>;

/** Keeps the faults that do most harm: SDC-1 first, then accuracy, SDC-5, changed outputs and the number decide. */
export class MostHarmful {
  readonly #campaign: CampaignRecord;
  readonly #measures: Measures;
  readonly #labelled: boolean;
  readonly #most: number;
  #kept: HarmfulNumbers[] = [];

  constructor(campaign: CampaignRecord, measures: Measures, labelled: boolean, most: number) {
    this.#campaign = campaign;
    this.#measures = measures;
    this.#labelled = labelled;
    this.#most = most;
  }

  add({ n, layer, images, shares }: FaultShares): void {
    const { classes, sdc5, accuracy } = this.#measures;
    const sdc1 = shares[classes.sdc_1]!;
    const changed = sdc1 + shares[classes.non_critical]!;
    if (images === 0 || changed === 0) return;
    const worst = this.#kept.at(-1);
    if (this.#kept.length === this.#most && sdc1 < worst!.sdc1) return;
    const accuracyChange = this.#labelled ? 2 * shares[accuracy]! - 1 : null;
    this.#kept.push({ n, layer: this.#campaign.layers[layer]!, sdc1, sdc5: shares[sdc5]!, changed, accuracyChange });
    this.#kept = this.#kept.sort(byHarm).slice(0, this.#most);
  }

  get worstFirst(): readonly HarmfulNumbers[] {
    return this.#kept;
  }
}

function byHarm(a: HarmfulNumbers, b: HarmfulNumbers): number {
  return (
    b.sdc1 - a.sdc1 ||
    (a.accuracyChange ?? 0) - (b.accuracyChange ?? 0) ||
    b.sdc5 - a.sdc5 ||
    b.changed - a.changed ||
    a.n - b.n
  );
}
