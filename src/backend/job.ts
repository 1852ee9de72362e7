import type { Design } from '../design/design.ts';
import { castTensor } from '../dtype/cast.ts';
import { FaultError, OperandError } from '../errors.ts';
import type { Fault } from '../fault/fault.ts';
import { driveFault } from '../fault/resolve.ts';
import { type JobPlan, type JobPlanning, measureJob, planJob } from '../schedule/plan.ts';
import type { JobOperands } from '../schedule/segments.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import { topPlanning } from '../top/top-design.ts';
import type { BackendKind, MatmulJob, RunStats } from './backend.ts';

/** A job whose operands have been checked and cast, with its plan. */
export interface PreparedJob {
  readonly operands: JobOperands;
  readonly plan: JobPlan;
  readonly stats: RunStats;
}

/**
 * Check a job's operands against each other and the array, cast them to its dtypes and plan the tiles.
 * @throws {OperandError} for a wrong rank or shape, {CastingError} for a value that does not fit its dtype
 */
export function prepareJob(design: Design, job: MatmulJob, options: JobPlanning = {}): PreparedJob {
  const [rows, inner] = matrixShape(job.a, 'A');
  const [innerOfB, columns] = matrixShape(job.b, 'B');
  if (inner !== innerOfB) {
    throw new OperandError(
      `the inner dimensions of A (M×K) and B (K×N) must agree, received A ${rows}×${inner} and B ${innerOfB}×${columns}`,
    );
  }
  if (job.c) {
    const [rowsOfC, columnsOfC] = matrixShape(job.c, 'C');
    if (rowsOfC !== rows || columnsOfC !== columns) {
      throw new OperandError(`C must be ${rows}×${columns} like A×B, received ${rowsOfC}×${columnsOfC}`);
    }
  }
  const { types } = design.spec;
  const operands = {
    a: castTensor(job.a, types.a, 'A'),
    b: castTensor(job.b, types.b, 'B'),
    c: job.c ? castTensor(job.c, types.c, 'C') : tensor(types.c, [rows, columns]),
  };
  const plan = planOf(design, rows, inner, columns, options);
  return { operands, plan, stats: statsOf(design, { ...plan, tileCount: plan.tiles.length }) };
}

const plans = new WeakMap<Design, Map<string, JobPlan>>();
const KEPT_PLANS = 16;
const KEPT_TILES = 10_000;

/** Plan a job, or take the plan of one of the same sizes before; of few sizes, and of jobs that are not too large. */
function planOf(design: Design, rows: number, inner: number, columns: number, options: JobPlanning): JobPlan {
  const known = plans.get(design) ?? new Map<string, JobPlan>();
  plans.set(design, known);
  const key = `${rows} ${inner} ${columns} ${options.returnGapCycles}`;
  const plan = known.get(key) ?? planJob(design, rows, inner, columns, options);
  known.delete(key);
  if (plan.tiles.length <= KEPT_TILES) known.set(key, plan);
  if (known.size > KEPT_PLANS) known.delete(known.keys().next().value!);
  return plan;
}

/**
 * Check a job as a backend would that ran it, for a sentence before a long build rather than after it.
 * @throws what {@link prepareJob} throws, {FaultError} for a fault that the job or the backend cannot have
 */
export function checkJob(design: Design, kind: BackendKind, job: MatmulJob, faults: readonly Fault[]): void {
  checkFaultSlots(design, kind, faults.length);
  const { plan } = prepareJob(design, job, kind === 'top' ? topPlanning(design) : {});
  for (const fault of faults) driveFault(design, plan, fault);
}

interface SlottedDesign {
  readonly name: string;
  readonly spec: { readonly faultSlots: number };
}

/** @throws {FaultError} for more faults at once than the RTL has slots; simulators take any number. */
export function checkFaultSlots({ name, spec }: SlottedDesign, kind: BackendKind, faults: number): void {
  if (!(kind === 'rtl' || kind === 'top') || faults <= spec.faultSlots) return;
  throw new FaultError(
    `the RTL of array ${name} takes as many faults at once as it has fault slots, ${spec.faultSlots}, received ${faults}; "fault_slots ${faults}" in the array makes room`,
  );
}

function matrixShape({ shape }: Tensor, name: string): readonly [number, number] {
  if (shape.length !== 2) {
    throw new OperandError(
      `${name} must be a matrix (rank 2), received rank ${shape.length} with shape [${shape.join(', ')}]`,
    );
  }
  const [rows, columns] = shape as [number, number];
  if (rows === 0 || columns === 0) {
    throw new OperandError(`${name} must have at least one row and one column, received ${rows}×${columns}`);
  }
  return [rows, columns];
}

/** Work out from shapes alone what the statistics of a job M×K · K×N will be. */
export function jobStats(design: Design, m: number, k: number, n: number, options: JobPlanning = {}): RunStats {
  return statsOf(design, measureJob(design, m, k, n, options));
}

function statsOf(
  { spec, pes, schedule }: Design,
  { tileCount, cycles, rows, inner, columns }: ReturnType<typeof measureJob>,
): RunStats {
  const [n1, n2, n3] = spec.size;
  return {
    tiles: tileCount,
    cycles,
    utilisation: (tileCount * n1 * n2 * n3) / (pes.length * cycles),
    effectiveUtilisation: (rows * inner * columns) / (pes.length * cycles),
    utilisationBound: schedule.utilisationBound,
  };
}
