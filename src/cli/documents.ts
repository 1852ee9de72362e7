import type { RunStats } from '../backend/backend.ts';
import { numberReader } from '../dtype/element-store.ts';
import type { FaultReport } from '../fault/fault.ts';
import { formatFault } from '../spec/format.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** A fault of a run as --json shows it. */
export interface FaultDocument {
  /** Its name in the spec file; null for a fault given as text. */
  readonly name: string | null;
  readonly fault: string;
  readonly firedCycles: number;
}

/** How well a run used the array, as --json shows it. */
export type StatsDocument = RunStats;

/** The numbers of a tensor as nested lists in --json; what JSON cannot say, such as "NaN", is text. */
export type Elements = number | bigint | string | readonly Elements[];

export function faultDocuments(reports: readonly FaultReport[]): FaultDocument[] {
  return reports.map(({ fault: { spec }, firedCycles }) => ({
    name: spec.name,
    fault: formatFault(spec),
    firedCycles,
  }));
}

/** Nest the elements of a tensor by its shape. */
export function nestElements({ type, shape, data }: Tensor): Elements {
  const read = numberReader(type);
  let level: Elements[] = Array.from({ length: data.length }, (_, at) => sayable(read(data, at)));
  for (const side of [...shape].reverse()) {
    const rows = side === 0 ? 0 : level.length / side;
    level = Array.from({ length: rows }, (_, row) => level.slice(row * side, (row + 1) * side));
  }
  return level[0] ?? [];
}

/** Put a number as JSON can say it. */
export function sayable(element: number | bigint): number | bigint | string {
  if (Object.is(element, -0)) return '-0';
  return typeof element === 'bigint' || Number.isFinite(element) ? element : String(element);
}
