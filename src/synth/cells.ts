import { CELL_KINDS, type CellKind, type Target } from './targets.ts';

/** How many cells a module takes. */
export interface CellCounts extends Readonly<Record<CellKind, number>> {
  /** Cells of no kind, by their type. */
  readonly other: Readonly<Record<string, number>>;
  /** Logic cells as Yosys estimates them; null where it does not. */
  readonly estimatedLogicCells: number | null;
}

/** The part of what `stat -json` prints that is used here. */
interface Statistics {
  readonly design: {
    readonly num_cells_by_type: Readonly<Record<string, number>>;
    readonly estimated_num_lc?: number;
  };
}

/** Read the text that `stat -json` prints: the cells of the top module, those of the modules in it included. */
export function countCells(text: string, { kinds }: Target): CellCounts {
  const { design }: Statistics = JSON.parse(text);
  const counts: Record<CellKind, number> = { lut: 0, ff: 0, carry: 0, dsp: 0, mux: 0 };
  const other: Record<string, number> = {};
  for (const [type, count] of Object.entries(design.num_cells_by_type)) {
    const kind = CELL_KINDS.find((name) => kinds[name].test(type));
    if (kind) counts[kind] += count;
    // A note of Yosys on where a flattened module was, no hardware.
    else if (type !== '$scopeinfo') other[type] = count;
  }
  return { ...counts, other, estimatedLogicCells: design.estimated_num_lc ?? null };
}
