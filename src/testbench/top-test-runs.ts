import { cycleBackend } from '../backend/functional.ts';
import { drawFault } from '../check/draw-fault.ts';
import { drawMatrix } from '../check/draw-trial.ts';
import { type Random, randomStream } from '../check/random.ts';
import { driveFault, resolveFault } from '../fault/resolve.ts';
import type { FaultDrive } from '../schedule/beats.ts';
import { type JobPlan, planJob, type Tile } from '../schedule/plan.ts';
import { formatFault } from '../spec/format.ts';
import { allocate } from '../tensor/tensor.ts';
import { encodeResult, encodeTile } from '../top/packets.ts';
import { tileMatrices } from '../top/run-job.ts';
import { putBlock, takeBlock } from '../top/tile-blocks.ts';
import { defaultStartCycle, type TopDesign, topPlanning } from '../top/top-design.ts';
import type { StreamBeats } from '../top/transport.ts';
import { faultyRuns, MOST_FAULTS, MOST_PHASES, SEED } from './test-vectors.ts';

/** One job of the top module: what goes in, and what must come out. */
export interface TopTestRun {
  /** What the run shows, in words. */
  readonly title: string;
  readonly faults: readonly FaultDrive[];
  /** The packets of its tiles, and those of their results. */
  readonly tiles: readonly StreamBeats[];
  readonly results: readonly StreamBeats[];
  /** Cycles from the job's first one to its last. */
  readonly cycles: number;
  /** For each fault in how many cycles it must have changed a bit. */
  readonly firedCycles: readonly number[];
}

/**
 * Draw jobs for a top module and work out what it must give: the values are those of the cycle simulator. A pure function
 * of the top module.
 */
export async function drawTopRuns(top: TopDesign): Promise<TopTestRun[]> {
  const { design } = top;
  const [n1, n2, n3] = design.spec.size;
  const rows = n1 * (Math.min(design.periodCycles, MOST_PHASES) + 1);
  const plan = planJob(design, rows, n3, n2, topPlanning(design));
  const runs = [await runOf(top, plan, randomStream(SEED, 'top, no faults'), 0)];
  const faults = Math.min(MOST_FAULTS, design.spec.faultSlots);
  const faulty = faults === 0 ? 0 : faultyRuns(textBytes(runs[0]!));
  for (let n = 1; n <= faulty; n++) runs.push(await runOf(top, plan, randomStream(SEED, `top, faults ${n}`), faults));
  return runs;
}

/** Two digits for every byte. */
function textBytes({ tiles, results }: TopTestRun): number {
  return [...tiles, ...results].reduce((sum, { data }) => sum + 2 * data.length, 0);
}

async function runOf(top: TopDesign, plan: JobPlan, random: Random, count: number): Promise<TopTestRun> {
  const { design } = top;
  const { types, size } = design.spec;
  const { rows, inner, columns, tiles } = plan;
  const operands = {
    a: drawMatrix(random, types.a, rows, inner),
    b: drawMatrix(random, types.b, inner, columns),
    c: drawMatrix(random, types.c, rows, columns),
  };
  // Every second tile comes without a C, the first one at random.
  const bare = random.int(0, 1);
  const blockOf = ({ row, column }: Tile) => ({ row, column, rows: size[0], columns: size[1] });
  const hasC = ({ index }: Tile) => index % 2 !== bare;
  const none = allocate(types.c, size[0] * size[1]);
  for (const tile of tiles) if (!hasC(tile)) putBlock(operands.c, blockOf(tile), none);
  const isDefault = tiles.every(({ index, startCycle }) => startCycle === defaultStartCycle(top, index));
  const specs = Array.from({ length: count }, () => drawFault(random, design, plan));
  const faults = specs.map((spec) => resolveFault(design, spec));
  const simulator = cycleBackend(design, topPlanning(design));
  const outcome = await simulator.matmul(operands, { faults });
  await simulator.close();
  return {
    title: count === 0 ? 'no faults' : specs.map((spec) => formatFault(spec)).join('; '),
    faults: faults.map((fault) => driveFault(design, plan, fault)),
    tiles: tiles.map((tile, n) => {
      const next = tiles[n + 1];
      // The run without faults leaves its gaps to the core.
      const gapCycles = next && !(count === 0 && isDefault) ? next.startCycle - tile.startCycle : 0;
      const matrices = tileMatrices(top, { operands, withC: hasC(tile) }, tile, outcome.result);
      return encodeTile(top, matrices, { last: !next, gapCycles });
    }),
    results: tiles.map((tile) => encodeResult(top, takeBlock(outcome.result, blockOf(tile)))),
    cycles: outcome.stats.cycles,
    firedCycles: outcome.faults.map(({ firedCycles }) => firedCycles),
  };
}
