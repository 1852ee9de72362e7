import type { CampaignFault } from '../campaign-fault.ts';
import type { Outcome } from '../outcome.ts';
import { type FaultRow, faultRow } from '../store/fault-row.ts';
import type { StoredDifference } from './replay-report.ts';

/** What a row says of the fault itself, not of what it did; by the words of a message. */
const FAULT_COLUMNS = {
  fault: 'text',
  stratum: 'stratum',
  layer: 'layer',
  channel: 'channel',
  product: 'product',
  x: 'x',
  y: 'y',
  node: 'node',
  kind: 'kind',
  mask: 'mask',
  bit: 'bit',
  tile: 'tile',
  cycle: 'cycle',
} as const satisfies Readonly<Record<string, keyof FaultRow>>;

const OUTCOME_COLUMNS = {
  fired: 'fired',
  'masked stage': 'stage',
  'masked before': 'maskedBefore',
  'top class': 'prediction',
  'SDC-1': 'sdc1',
  'SDC-5': 'sdc5',
  'change of confidence': 'confidenceChange',
  'NaN or infinity': 'nonFinite',
  'corrupted sums': 'corrupted',
  pattern: 'pattern',
} as const satisfies Readonly<Record<string, keyof Outcome>>;

/** Hold the row of a fault against the fault that has its number. */
export function compareFault(stored: FaultRow, fault: CampaignFault): StoredDifference[] {
  const outcome = { n: fault.n, images: [], error: null };
  return differences(FAULT_COLUMNS, stored, faultRow({ fault, outcome, correct: null, cleanCorrect: null }));
}

/** Hold the stored outcome of an image against that of its replay. */
export function compareOutcome(stored: Outcome, replayed: Outcome): StoredDifference[] {
  return differences(OUTCOME_COLUMNS, stored, replayed);
}

function differences<K extends string>(
  columns: Readonly<Record<string, K>>,
  stored: Readonly<Record<K, StoredDifference['stored']>>,
  replayed: Readonly<Record<K, StoredDifference['stored']>>,
): StoredDifference[] {
  return Object.entries<K>(columns).flatMap(([what, key]) =>
    stored[key] === replayed[key] ? [] : [{ what, stored: stored[key], replayed: replayed[key] }],
  );
}
