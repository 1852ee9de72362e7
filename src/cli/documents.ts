import type { RunStats } from '../backend/backend.ts';
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

/** The numbers of a tensor as nested lists in --json. */
export type Elements = number | bigint | readonly Elements[];

export function faultDocuments(reports: readonly FaultReport[]): FaultDocument[] {
  return reports.map(({ fault: { spec }, firedCycles }) => ({
    name: spec.name,
    fault: formatFault(spec),
    firedCycles,
  }));
}

/** Nest the elements of a tensor by its shape. */
export function nestElements({ shape, data }: Tensor): Elements {
  let level: Elements[] = Array.from<number | bigint>(data);
  for (const side of [...shape].reverse()) {
    const rows = side === 0 ? 0 : level.length / side;
    level = Array.from({ length: rows }, (_, row) => level.slice(row * side, (row + 1) * side));
  }
  return level[0] ?? [];
}
