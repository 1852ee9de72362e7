import type { DatabaseSync } from 'node:sqlite';
import { FileError } from '../../errors.ts';
import type { SamplingSpec } from '../campaign-spec.ts';
import { STORE_FORMAT } from '../store/schema.ts';

/** The array that a campaign runs on, as its store tells it. */
export interface AboutArray {
  readonly name: string;
  readonly size: readonly number[];
  readonly matrix: readonly (readonly number[])[];
  readonly types: Readonly<Record<string, string>>;
  readonly pes: readonly (readonly [x: number, y: number])[];
}

/** A part of the population that a sample is drawn from on its own. */
export interface AboutStratum {
  readonly label: string;
  readonly live: number;
  readonly dead: number;
  readonly planned: number;
}

/** A share of the runs that was repeated on the RTL. */
export interface AboutValidation {
  readonly share: number;
  readonly faults: number;
  readonly images: number;
  readonly differing: number;
}

/** What a campaign is, from the table `campaign` of its store. */
export interface CampaignAbout {
  readonly name: string;
  /** Base name of the campaign's file, and the text of the campaign. */
  readonly file: string;
  readonly text: string;
  readonly seed: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly hashes: Readonly<Record<string, string | null>>;
  readonly array: AboutArray;
  readonly layers: readonly string[];
  /** How many images each fault is run on. */
  readonly imageCount: number;
  readonly strata: readonly AboutStratum[];
  readonly sampling: SamplingSpec;
  readonly confidence: number;
  readonly confidenceChanges: readonly number[];
  readonly planned: number;
  /** Faults with a smaller number are the sample when sampling ended early; null when it did not. */
  readonly ended: number | null;
  readonly validation: AboutValidation | null;
}

/**
 * Read what a campaign is.
 * @throws {FileError} when the store is of another format or a key is missing
 */
export function readAbout(db: DatabaseSync): CampaignAbout {
  const rows = db.prepare('SELECT key, value FROM campaign').all() as { key: string; value: string }[];
  const values = new Map(rows.map(({ key, value }): [string, unknown] => [key, JSON.parse(value)]));
  const read = <T>(key: string): T => {
    if (!values.has(key)) throw new FileError(`a campaign's store must hold the key "${key}", and this one does not`);
    return values.get(key) as T;
  };
  const format = read('format');
  if (format !== STORE_FORMAT) {
    throw new FileError(`a campaign's store must be of format ${STORE_FORMAT}, received format ${format}`);
  }
  return {
    name: read('name'),
    file: read('file'),
    text: read('text'),
    seed: read('seed'),
    versions: read('versions'),
    hashes: read('hashes'),
    array: read('array'),
    layers: read('layers'),
    imageCount: read<readonly unknown[]>('images').length,
    strata: read('strata'),
    sampling: read('sampling'),
    confidence: read('confidence'),
    confidenceChanges: read('confidenceChanges'),
    planned: read('planned'),
    ended: (values.get('ended') ?? null) as number | null,
    validation: (values.get('validation') ?? null) as AboutValidation | null,
  };
}
