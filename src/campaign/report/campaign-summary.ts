import type { MaskedStage, OutcomeClass, Pattern } from '../outcome.ts';
import type { CampaignRecord } from '../store/record.ts';

/** Lower and upper end of an interval. */
export type Ends = readonly [lower: number, upper: number];

/** A share of a population, with the intervals in which it lies at the campaign's confidence. */
export interface Estimate {
  readonly estimate: number;
  readonly wilson: Ends;
  readonly clopperPearson: Ends;
}

/** How many faults a part of the population has: live ones are drawn from, dead ones known to be masked. */
export interface PopulationCount {
  readonly live: number;
  readonly dead: number;
}

/** How many faults of a part were drawn and run; `errors` could not be run and count for nothing else. */
export interface Tally {
  readonly run: number;
  readonly errors: number;
}

/**
 * One value of a property of faults, such as node `c`, with the shares of each class of outcomes. Where the population
 * is null, its dead part is not known, and the shares are those of its live faults.
 */
export interface Group extends Tally {
  readonly value: string;
  readonly population: PopulationCount | null;
  /** Null when none of its live faults was run. */
  readonly shares: Readonly<Record<OutcomeClass, Estimate>> | null;
}

/** A bit of a node; usually of its live faults only. */
export interface BitGroup extends Group {
  readonly node: string;
  readonly bit: number;
}

/** Faults of one layer that act in cycles `from` to `to` of a product; of its live faults only. */
export interface CycleGroup extends Group {
  readonly layer: string;
  readonly from: number;
  readonly to: number;
}

/** A PE; `sdc1` is null when none of its live faults was run. */
export interface PeGroup extends Tally {
  readonly x: number;
  readonly y: number;
  readonly population: PopulationCount | null;
  readonly sdc1: Estimate | null;
}

export interface StratumAccount extends Tally, PopulationCount {
  readonly label: string;
  readonly planned: number;
}

/** How the sample came about. */
export interface Accounting extends Tally, PopulationCount {
  readonly planned: number;
  /** Pairs of a fault and an image. */
  readonly runs: number;
  readonly strata: readonly StratumAccount[];
}

/** A share of all pairs of fault and image; null when nothing was run. */
export interface Share<Name extends string> {
  readonly name: Name;
  readonly share: Estimate | null;
}

export interface ChangeShare {
  /** The relative change of confidence above which it counts. */
  readonly change: number;
  readonly share: Estimate | null;
}

export interface PatternShare extends Share<Pattern> {
  /** How many of the pairs with this pattern end as SDC-1; null without any. */
  readonly sdc1: number | null;
}

export interface Accuracy {
  /** The share of images in their true class without a fault. */
  readonly clean: number;
  /** What a fault changes that share by: 0.01 is one percentage point; null when nothing was run. */
  readonly change: Estimate | null;
}

/** A fault that was run, with shares of its images. */
export interface HarmfulFault {
  readonly n: number;
  readonly layer: string;
  readonly text: string;
  readonly sdc1: number;
  readonly sdc5: number;
  readonly changed: number;
  readonly accuracyChange: number | null;
}

/** All that a campaign's store tells, as the report, the status and --json show it. */
export interface CampaignSummary {
  readonly campaign: CampaignRecord;
  readonly accounting: Accounting;
  /** The classes that exclude each other. */
  readonly classes: readonly Share<OutcomeClass>[];
  readonly sdc5: Estimate | null;
  /** The confidence in the fault-free class changes by more than so much, either way, or is no number. */
  readonly confidenceChanges: readonly ChangeShare[];
  readonly nonFinite: Estimate | null;
  /** Null without labels. */
  readonly accuracy: Accuracy | null;
  /** Where faults that were run were masked. */
  readonly stages: readonly Share<MaskedStage>[];
  /** Pairs masked at stage `later` by the layer whose input is unchanged, in the order of their count. */
  readonly maskedBefore: readonly { readonly layer: string; readonly runs: number }[];
  readonly patterns: readonly PatternShare[];
  readonly layers: readonly Group[];
  readonly nodes: readonly Group[];
  readonly kinds: readonly Group[];
  readonly bits: readonly Group[];
  readonly channels: readonly Group[];
  readonly nodeBits: readonly BitGroup[];
  /** Empty for permanent faults. */
  readonly cycles: readonly CycleGroup[];
  readonly pes: readonly PeGroup[];
  /** The worst first. */
  readonly mostHarmful: readonly HarmfulFault[];
}
