import { FAULT_KINDS } from '../../fault/fault.ts';
import { classOf } from '../outcome.ts';
import type { FaultRow } from '../store/fault-row.ts';
import { countedFaults } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import type { OutcomeRow } from '../store/tables.ts';

/** The tables that can be exported: a row per fault, or a row per fault and image. */
export const EXPORT_TABLES = ['faults', 'outcomes'] as const;
export type ExportTable = (typeof EXPORT_TABLES)[number];

export type Cell = string | number | boolean | null;

/** One column of an exported table. */
export interface Column<Row> {
  readonly name: string;
  readonly type: 'text' | 'int32' | 'int64' | 'double' | 'flag';
  readonly of: (row: Row) => Cell;
}

/** A table with its rows, in the order of fault numbers, then places of images. */
export interface Sheet<Row> {
  readonly columns: readonly Column<Row>[];
  rows(): Iterable<Row>;
}

/** One outcome beside its fault. */
interface FaultAndOutcome {
  readonly fault: FaultRow;
  readonly outcome: OutcomeRow;
}

/**
 * Lay out the faults that count: those below `ended`, or else all that are planned.
 *
 * Layers and strata stand with their names; `fault` is the fault in the spec language, `mask` counts its bits from the
 * least significant.
 */
export function faultSheet(store: Store): Sheet<FaultRow> {
  const { layers, strata } = store.record;
  return {
    rows: () => store.faults(countedFaults(store.record)),
    columns: [
      { name: 'n', type: 'int64', of: ({ n }) => n },
      { name: 'stratum', type: 'text', of: ({ stratum }) => strata[stratum]?.label ?? null },
      { name: 'layer', type: 'text', of: ({ layer }) => layers[layer] ?? null },
      { name: 'channel', type: 'int32', of: ({ channel }) => channel },
      { name: 'product', type: 'int64', of: ({ product }) => product },
      { name: 'x', type: 'int32', of: ({ x }) => x },
      { name: 'y', type: 'int32', of: ({ y }) => y },
      { name: 'node', type: 'text', of: ({ node }) => node },
      { name: 'kind', type: 'text', of: ({ kind }) => kind },
      { name: 'mask', type: 'text', of: ({ mask }) => mask },
      { name: 'bit', type: 'int32', of: ({ bit }) => bit },
      { name: 'tile', type: 'int64', of: ({ tile }) => tile },
      { name: 'cycle', type: 'int64', of: ({ cycle }) => cycle },
      { name: 'product_cycle', type: 'int64', of: ({ productCycle }) => productCycle },
      { name: 'fault', type: 'text', of: ({ text }) => text },
      { name: 'error', type: 'text', of: ({ error }) => error },
      { name: 'correct', type: 'int32', of: ({ correct }) => correct },
      { name: 'clean_correct', type: 'int32', of: ({ cleanCorrect }) => cleanCorrect },
      { name: 'corrupted', type: 'int64', of: ({ corrupted }) => corrupted },
      { name: 'pattern', type: 'text', of: ({ pattern }) => pattern },
    ],
  };
}

/** Lay out the outcomes of the faults that count; `n` is the number of the fault. */
export function outcomeSheet(store: Store): Sheet<OutcomeRow> {
  return {
    rows: () => store.outcomes(countedFaults(store.record)),
    columns: [
      { name: 'n', type: 'int64', of: ({ fault }) => fault },
      { name: 'image', type: 'int32', of: ({ image }) => image },
      { name: 'class', type: 'text', of: classOf },
      { name: 'fired', type: 'flag', of: ({ fired }) => fired },
      { name: 'stage', type: 'text', of: ({ stage }) => stage },
      { name: 'masked_before', type: 'text', of: ({ maskedBefore }) => maskedBefore },
      { name: 'prediction', type: 'int32', of: ({ prediction }) => prediction },
      { name: 'sdc1', type: 'flag', of: ({ sdc1 }) => sdc1 },
      { name: 'sdc5', type: 'flag', of: ({ sdc5 }) => sdc5 },
      { name: 'confidence_change', type: 'double', of: ({ confidenceChange }) => confidenceChange },
      { name: 'non_finite', type: 'flag', of: ({ nonFinite }) => nonFinite },
      { name: 'corrupted', type: 'int64', of: ({ corrupted }) => corrupted },
      { name: 'pattern', type: 'text', of: ({ pattern }) => pattern },
    ],
  };
}

/**
 * Lay out the outcomes of the faults that count, each with its fault, so that the table can be read alone.
 *
 * The first ten columns are those of flauers, in its words: `fault_seed` is the number of the fault, which together with
 * `dataset_seed`, the campaign's seed, gives the same fault again; `dataset_index` is the place of the image; `line` is
 * the node; `channel` the only output channel in which the fault shows, −1 for all; `row` and `col` are x and y of the
 * PE; `bit` counts from the least significant and is empty for a mask of several; `polarity` is 0 for stuck_at_0, 1 for
 * stuck_at_1, 2 for flip, 3 for set; `ftype` is permanent or, for a fault of one cycle, transient.
 */
export function flatOutcomeSheet(store: Store): Sheet<FaultAndOutcome> {
  const { seed } = store.record;
  const ofFault = new Set(['stratum', 'layer', 'product', 'kind', 'mask', 'tile', 'cycle', 'product_cycle', 'fault']);
  return {
    rows: () => joinFaults(store),
    columns: [
      { name: 'fault_seed', type: 'int64', of: ({ fault }) => fault.n },
      { name: 'dataset_seed', type: 'int64', of: () => seed },
      { name: 'dataset_index', type: 'int32', of: ({ outcome }) => outcome.image },
      { name: 'line', type: 'text', of: ({ fault }) => fault.node },
      { name: 'channel', type: 'int32', of: ({ fault }) => fault.channel ?? -1 },
      { name: 'row', type: 'int32', of: ({ fault }) => fault.x },
      { name: 'col', type: 'int32', of: ({ fault }) => fault.y },
      { name: 'bit', type: 'int32', of: ({ fault }) => fault.bit },
      { name: 'polarity', type: 'int32', of: ({ fault }) => FAULT_KINDS.indexOf(fault.kind) },
      { name: 'ftype', type: 'text', of: ({ fault }) => (fault.cycle === null ? 'permanent' : 'transient') },
      ...faultSheet(store)
        .columns.filter(({ name }) => ofFault.has(name))
        .map((column) => ({ ...column, of: ({ fault }: FaultAndOutcome) => column.of(fault) })),
      ...outcomeSheet(store).columns.map((column) => ({
        ...column,
        of: ({ outcome }: FaultAndOutcome) => column.of(outcome),
      })),
    ],
  };
}

/** Both streams are in the order of faults; a fault without outcomes is passed over. */
function* joinFaults(store: Store): IterableIterator<FaultAndOutcome> {
  const end = countedFaults(store.record);
  const outcomes = store.outcomes(end);
  let next = outcomes.next();
  for (const fault of store.faults(end)) {
    for (; !next.done && next.value.fault === fault.n; next = outcomes.next()) yield { fault, outcome: next.value };
  }
}
