import type { BackendKind } from '../../backend/backend.ts';
import { FileError } from '../../errors.ts';
import type { Matrix3 } from '../../projection/space-time.ts';
import type { ArraySpec } from '../../spec/array-spec.ts';
import type { PopulationSpec, SamplingSpec } from '../campaign-spec.ts';

/** One stratum of the population: faults from which samples are drawn, those known to be masked, and those to run. */
export interface StratumRecord {
  readonly label: string;
  readonly live: number;
  readonly dead: number;
  readonly planned: number;
}

/** What a store says about its campaign; everything is known before the first fault runs, except `ended` and `validation`. */
export interface CampaignRecord {
  /** The version of the store's layout, STORE_FORMAT. */
  readonly format: number;
  readonly name: string;
  /** Base name of the campaign's file. */
  readonly file: string;
  /** The campaign in canonical text. */
  readonly text: string;
  readonly seed: number;
  /** What computed the outcomes; floating point may differ from one kind of processor to another. */
  readonly versions: {
    readonly espalier: string;
    readonly node: string;
    readonly onnxruntime: string;
    readonly processor: string;
  };
  /** What ran the products that faults reach. */
  readonly backend: BackendKind;
  /** Parts of the campaign that a program replaced by its own. */
  readonly ownPieces: readonly string[];
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
    /** The array in canonical text, with its operators by their paths from the campaign's folder. */
    readonly text: string;
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
  readonly window: PopulationSpec['window'];
  readonly sampling: SamplingSpec;
  readonly confidence: number;
  readonly confidenceChanges: readonly number[];
  /** How many faults to run at most, numbered from 0. */
  readonly planned: number;
  /** Where sequential sampling ended: faults from this number on do not count. Absent before, and for other methods. */
  readonly ended?: number;
  /** What running a part of the campaign again on the RTL gave; absent when none was. */
  readonly validation?: ValidationRecord;
}

/** The share of the faults that was run on the RTL as well, in all comparisons together. */
export interface ValidationRecord {
  readonly share: number;
  readonly faults: number;
  readonly images: number;
  /** Runs in which the RTL gave something else. */
  readonly differing: number;
}

/** What a record must have; the compiler sees to it that none is missing here. */
const KEYS = Object.keys({
  format: 0,
  name: 0,
  file: 0,
  text: 0,
  seed: 0,
  versions: 0,
  backend: 0,
  ownPieces: 0,
  hashes: 0,
  array: 0,
  layers: 0,
  images: 0,
  strata: 0,
  window: 0,
  sampling: 0,
  confidence: 0,
  confidenceChanges: 0,
  planned: 0,
} satisfies Record<Exclude<keyof CampaignRecord, 'ended' | 'validation'>, 0>);

/**
 * Put a record together from its keys and values, as the store at `path` keeps them.
 * @throws {FileError} when a value is no JSON or a key is missing
 */
export function recordOf(path: string, entries: readonly (readonly [key: string, json: string])[]): CampaignRecord {
  let record: object;
  try {
    record = Object.fromEntries(entries.map(([key, json]) => [key, JSON.parse(json)]));
  } catch (cause) {
    throw new FileError(`cannot read ${path}: it is damaged (its record is no JSON)`, { cause });
  }
  const missing = KEYS.find((key) => !(key in record));
  if (missing !== undefined) {
    throw new FileError(`cannot read ${path}: it is damaged (its record has no "${missing}")`);
  }
  return record as CampaignRecord;
}

/** How many faults from 0 on count. */
export function countedFaults({ planned, ended }: Pick<CampaignRecord, 'planned' | 'ended'>): number {
  return ended ?? planned;
}
