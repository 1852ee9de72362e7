import type { JobPlan, Tile } from '../schedule/plan.ts';
import type { JobOperands } from '../schedule/segments.ts';
import { storageOver, type Tensor, tensor } from '../tensor/tensor.ts';
import type { TopDriver } from './driver.ts';
import type { TileMatrices } from './packets.ts';
import { putBlock, takeBlock } from './tile-blocks.ts';
import type { TopDesign } from './top-design.ts';

export interface TopJob {
  /** A plan made with `topPlanning`. */
  readonly plan: JobPlan;
  readonly operands: JobOperands;
  /** Whether the job brings a C; without one the first tiles are sent without, too. */
  readonly withC: boolean;
  readonly onProgress?: ((doneTiles: number, totalTiles: number) => void) | undefined;
}

/** Tiles that are sent beyond those for which the core has room, before results are waited for. */
const TILES_AHEAD = 16;

/** Run a planned job: send its tiles in the cycles of the plan, take their results, and send partial sums back in. */
export async function runTopJob(top: TopDesign, driver: TopDriver, job: TopJob): Promise<Tensor> {
  const { tiles } = job.plan;
  const { types, size } = top.design.spec;
  // Partial sums at first; what lies outside of R is lost, so that sums return with zeros there as the plan has it.
  const sums = tensor(types.c, [job.plan.rows, job.plan.columns]);
  const most = top.slots + top.outSlots + TILES_AHEAD;
  let done = 0;
  const receive = async (count: number): Promise<void> => {
    for (const bytes of await driver.receive(count)) {
      const { row, column } = tiles[done++]!;
      putBlock(sums, { row, column, rows: size[0], columns: size[1] }, storageOver(types.c, bytes));
    }
    job.onProgress?.(done, tiles.length);
  };
  for (const tile of tiles) {
    if (tile.previous !== null && tile.previous >= done) await receive(tile.previous + 1 - done);
    if (tile.index - done >= most) await receive(Math.ceil(most / 2));
    const next = tiles[tile.index + 1];
    await driver.sendTile(tileMatrices(top, job, tile, sums), {
      last: next === undefined,
      gapCycles: next === undefined ? 0 : next.startCycle - tile.startCycle,
    });
  }
  await receive(tiles.length - done);
  await driver.assertInTime();
  return sums;
}

/** The matrices of one tile of a job; its C comes of the sums so far where it is not the first along K. */
export function tileMatrices(
  top: TopDesign,
  { operands, withC }: Pick<TopJob, 'operands' | 'withC'>,
  tile: Tile,
  sums: Tensor,
): TileMatrices {
  const [n1, n2, n3] = top.design.spec.size;
  const { row, column, depth } = tile;
  const source = tile.previous === null ? (withC ? operands.c : null) : sums;
  return {
    a: takeBlock(operands.a, { row, column: depth, rows: n1, columns: n3 }),
    b: takeBlock(operands.b, { row: depth, column, rows: n3, columns: n2 }),
    c: source ? takeBlock(source, { row, column, rows: n1, columns: n2 }) : undefined,
  };
}
