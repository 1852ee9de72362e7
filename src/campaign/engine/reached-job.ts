import type { MatmulJob } from '../../backend/backend.ts';
import type { Design } from '../../design/design.ts';
import type { Fault } from '../../fault/fault.ts';
import { driveFault } from '../../fault/resolve.ts';
import type { FaultDrive } from '../../schedule/beats.ts';
import { type JobPlan, planJob, type Tile } from '../../schedule/plan.ts';
import { coversFault } from '../../sim/functional.ts';
import { findReach, type Reach, reachedPes, sumPoints } from '../../sim/reach.ts';
import { Turns } from '../../sim/turns.ts';
import { allocate, bitsOf, type Tensor, tensor } from '../../tensor/tensor.ts';

/** The part of a product that a fault reaches: whole tiles, by the rows and columns of the result that they cover. */
export interface ReachedPart {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  /** The fault, its window named for the part's own tiles. */
  readonly fault: Fault;
}

/**
 * Find the tiles of a product that a fault can reach; null when all of the product must run: tiles may meet where sums
 * pass idle steps, control tokens reach whole rows of PEs, and of a window that is not one cycle of its tile's own the
 * part would see other neighbours in time. A part without rows says that nothing is reached.
 */
export async function reachedPart(design: Design, plan: JobPlan, fault: Fault): Promise<ReachedPart | null> {
  const drive = driveFault(design, plan, fault);
  const { window } = fault;
  const isAlways = window.from === 0 && window.to === Number.POSITIVE_INFINITY && window.tile === null;
  if (design.hasIdleSteps || !coversFault(drive) || !(isAlways || window.tile !== null)) return null;
  const reach = await findReach(design, plan, [drive], new Turns(undefined));
  const [n1, n2] = design.spec.size;
  const tiles = plan.tiles.filter(({ index, row, column }) =>
    [...(reach.get(index) ?? [])].some(
      (output) => row + Math.floor(output / n2) < plan.rows && column + (output % n2) < plan.columns,
    ),
  );
  const starts = (of: readonly number[], side: number, end: number) =>
    [...new Set(of)]
      .sort((p, q) => p - q)
      .flatMap((start) => Array.from({ length: Math.min(side, end - start) }, (_, n) => start + n));
  const rowStarts = [...new Set(tiles.map(({ row }) => row))].sort((p, q) => p - q);
  const columnStarts = [...new Set(tiles.map(({ column }) => column))].sort((p, q) => p - q);
  const rows = starts(rowStarts, n1, plan.rows);
  const columns = starts(columnStarts, n2, plan.columns);
  if (window.tile === null) return { rows, columns, fault };
  const own = plan.tiles[window.tile]!;
  if (!isOwnCycle(design, own, drive, reach)) return null;
  if (tiles.length === 0) return { rows, columns, fault };
  const part = planJob(design, rows.length, plan.inner, columns.length);
  const [row, column] = [rowStarts.indexOf(own.row) * n1, columnStarts.indexOf(own.column) * n2];
  const tile = part.tiles.findIndex(
    (other) => other.row === row && other.column === column && other.depth === own.depth,
  );
  return tile < 0 ? null : { rows, columns, fault: { ...fault, window: { ...window, tile } } };
}

/** Whether a fault acts in one cycle, on a value of this tile: the tiles that it reaches are those of this value. */
function isOwnCycle(design: Design, tile: Tile, drive: FaultDrive, reach: Reach): boolean {
  const { peIndex, firstCycle, lastCycle } = drive;
  if (firstCycle !== lastCycle || !reach.has(tile.index)) return false;
  const persists = reachedPes(design, drive).some((reached) => reached.persists);
  if (!persists) return reach.size === 1;
  // What stays is said to reach all that follows; its own steps tell whether it is there already.
  const first = Math.min(...sumPoints(design, peIndex).map(({ cycle }) => tile.startCycle + cycle));
  return first <= firstCycle && [...reach.keys()].every((index) => index >= tile.index);
}

/** Take the rows of A and the columns of B and C that a part needs. */
export function cutJob({ a, b, c }: MatmulJob, { rows, columns }: ReachedPart): MatmulJob {
  return {
    a: pick(a, rows, null),
    b: pick(b, null, columns),
    c: c && pick(c, rows, columns),
  };
}

/** Put the result of a part into the fault-free result of the whole. */
export function mergePart(clean: Tensor, part: Tensor, { rows, columns }: ReachedPart): Tensor {
  const data = clean.data.slice();
  const [to, from] = [bitsOf(data), bitsOf(part.data)] as [Int32Array, Int32Array];
  const width = clean.shape[1]!;
  for (const [m, row] of rows.entries()) {
    for (const [n, column] of columns.entries()) to[row * width + column] = from[m * columns.length + n]!;
  }
  return tensor(clean.type, clean.shape, data);
}

function pick(
  { type, shape, data }: Tensor,
  rows: readonly number[] | null,
  columns: readonly number[] | null,
): Tensor {
  const [height, width] = shape as [number, number];
  const wantedRows = rows ?? Array.from({ length: height }, (_, n) => n);
  const wantedColumns = columns ?? Array.from({ length: width }, (_, n) => n);
  const picked = allocate(type, wantedRows.length * wantedColumns.length);
  const [to, from] = [bitsOf(picked), bitsOf(data)] as [Int32Array, Int32Array];
  let at = 0;
  for (const row of wantedRows) for (const column of wantedColumns) to[at++] = from[row * width + column]!;
  return tensor(type, [wantedRows.length, wantedColumns.length], picked);
}
