import type { Matrix3 } from '../../projection/space-time.ts';
import type { ArraySpec } from '../../spec/array-spec.ts';
import type { SamplingSpec } from '../campaign-spec.ts';

/** One stratum of the population: faults from which samples are drawn, those known to be masked, and those to run. */
export interface StratumRecord {
  readonly label: string;
  readonly live: number;
  readonly dead: number;
  readonly planned: number;
}

/** What a store says about its campaign; everything is known before the first fault runs, except `ended`. */
export interface CampaignRecord {
  /** The version of the store's layout, STORE_FORMAT. */
  readonly format: number;
  readonly name: string;
  /** Base name of the campaign's file. */
  readonly file: string;
  /** The campaign in canonical text. */
  readonly text: string;
  readonly seed: number;
  readonly versions: { readonly espalier: string; readonly node: string; readonly onnxruntime: string };
  /** In hexadecimal digits; `labels` is null without labels. */
  readonly hashes: {
    readonly campaign: string;
    readonly design: string;
    readonly model: string;
    readonly data: string;
    readonly labels: string | null;
  };
  readonly array: {
    readonly name: string;
    readonly size: readonly [n1: number, n2: number, n3: number];
    readonly matrix: Matrix3;
    readonly types: ArraySpec['types'];
    readonly pes: readonly (readonly [x: number, y: number])[];
  };
  /** Names, in the order in which faults number them. */
  readonly layers: readonly string[];
  /** Places in the data set, in the order in which they are run. */
  readonly images: readonly number[];
  readonly strata: readonly StratumRecord[];
  readonly sampling: SamplingSpec;
  readonly confidence: number;
  readonly confidenceChanges: readonly number[];
  /** How many faults to run at most, numbered from 0. */
  readonly planned: number;
  /** Where sequential sampling ended: faults from this number on do not count. Absent before, and for other methods. */
  readonly ended?: number;
}

/** How many faults from 0 on count. */
export function countedFaults({ planned, ended }: Pick<CampaignRecord, 'planned' | 'ended'>): number {
  return ended ?? planned;
}
