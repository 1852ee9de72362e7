import type { Design } from '../design/design.ts';
import { elementStore } from '../dtype/element-store.ts';
import { FAULT_NODES } from '../fault/fault.ts';
import type { FaultDrive } from '../schedule/beats.ts';
import type { JobPlan, Tile } from '../schedule/plan.ts';
import type { JobOperands } from '../schedule/segments.ts';
import type { TensorData } from '../tensor/tensor.ts';
import { EdgeFeed } from './edge-feed.ts';
import { countFired, type Traces } from './fired-count.ts';
import { arithmeticOf } from './formats.ts';
import { idleSteps, NOTHING_CHANGES } from './idle-steps.ts';
import { groupFaults } from './node-faults.ts';
import { OperandTrace } from './operand-trace.ts';
import { findReach } from './reach.ts';
import { multiplyAddInSteps } from './reference.ts';
import { SumTrace } from './sum-trace.ts';
import { Turns } from './turns.ts';

/** The result of a functional run: R (row-major, the array's dtype c) and how often each fault fired. */
export interface FunctionalRun {
  readonly result: TensorData;
  readonly firedCycles: readonly number[];
}

export interface FunctionalControl {
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with finished and total tiles. */
  readonly onProgress?: ((doneTiles: number, totalTiles: number) => void) | undefined;
}

/**
 * Tell whether the closed form covers a fault; one in a control token or in the shadow chain changes what a whole row
 * of PEs does or holds.
 */
export function coversFault({ nodeCode }: FaultDrive): boolean {
  const node = FAULT_NODES[nodeCode]!;
  return node !== 'first' && node !== 'last' && node !== 's';
}

/**
 * Run a planned job by the closed form: the fault-free product by the plain loop, and then, one by one, the outputs
 * that a fault can reach, each by a walk along its sum's path in which every operand is traced back to the edge.
 */
export async function runFunctional(
  design: Design,
  plan: JobPlan,
  operands: JobOperands,
  drives: readonly FaultDrive[],
  control: FunctionalControl = {},
): Promise<FunctionalRun> {
  const turns = new Turns(control.signal);
  const traces = openTraces(design, plan, operands, drives);
  const reach = await findReach(design, plan, drives, turns);
  let result = operands.c.data;
  for (const slice of sliceJob(design, plan, operands)) {
    traces.feed.partials.push(result);
    const steps = slice.compute(result);
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) {
        result = step.value;
        break;
      }
      if (turns.due) await turns.take();
    }
    for (const tile of slice.tiles) {
      recompute(traces, plan, tile, reach.get(tile.index) ?? [], result);
      for (const output of changedOutputs(traces, plan, tile)) {
        recompute(traces, plan, tile, [output], result);
        if (turns.due) await turns.take();
      }
      if (!turns.due) continue;
      control.onProgress?.(tile.index, plan.tiles.length);
      await turns.take();
    }
  }
  const firedCycles = await countFired(traces, drives.length, plan.cycles, turns);
  return { result, firedCycles };
}

function openTraces(design: Design, plan: JobPlan, operands: JobOperands, drives: readonly FaultDrive[]): Traces {
  const arithmetic = arithmeticOf(design);
  const feed = new EdgeFeed(design, plan, operands, arithmetic);
  const faults = groupFaults(design, arithmetic, drives);
  const operandTrace = new OperandTrace(design, arithmetic, feed, faults);
  const idle = idleSteps(design, operands);
  const sums = new SumTrace(design, arithmetic, feed, operandTrace, faults, idle);
  return { design, arithmetic, feed, operands: operandTrace, sums, idle, faults };
}

interface Slice {
  readonly tiles: readonly Tile[];
  /** Add the slice's products to the sums C, in steps. */
  compute(c: TensorData): Generator<void, TensorData>;
}

/** Group the tiles of a job by their slice of the inner dimension. */
function sliceJob(design: Design, plan: JobPlan, { a, b }: JobOperands): Slice[] {
  const depth = design.spec.size[2];
  const perSlice = plan.tiles.length / Math.ceil(plan.inner / depth);
  return Array.from({ length: plan.tiles.length / perSlice }, (_, n) => ({
    tiles: plan.tiles.slice(n * perSlice, (n + 1) * perSlice),
    compute: (c: TensorData) =>
      multiplyAddInSteps(a, b, c, design.spec, {
        start: n * depth,
        end: Math.min(plan.inner, (n + 1) * depth),
        padded: (n + 1) * depth,
      }),
  }));
}

/** The outputs of a tile that idle steps can change, of the sums that enter it. */
function* changedOutputs({ design, idle, feed }: Traces, { rows, columns }: JobPlan, tile: Tile): Generator<number> {
  if (!design.hasIdleSteps || idle === NOTHING_CHANGES) return;
  const [n1, n2] = design.spec.size;
  for (let i = 1; i <= Math.min(n1, rows - tile.row); i++) {
    for (let j = 1; j <= Math.min(n2, columns - tile.column); j++) {
      if (idle.changes(feed.element('c', tile, i, j, 1))) yield (i - 1) * n2 + j - 1;
    }
  }
}

/** Work out some outputs of a tile again, now with the faults, and put them into the slice's result. */
function recompute(
  { design, sums }: Traces,
  { rows, columns }: JobPlan,
  tile: Tile,
  outputs: Iterable<number>,
  result: TensorData,
): void {
  const { write } = elementStore(design.spec.types.c);
  const width = design.spec.size[1];
  for (const output of outputs) {
    const i = Math.floor(output / width) + 1;
    const j = (output % width) + 1;
    const row = tile.row + i - 1;
    const column = tile.column + j - 1;
    if (row < rows && column < columns) write(result, row * columns + column, sums.resultOf(tile, i, j));
  }
}
