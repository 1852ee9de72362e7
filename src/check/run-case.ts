import type { Backend, MatmulResult } from '../backend/backend.ts';
import { cycleBackend, functionalBackend } from '../backend/functional.ts';
import type { MachineBackend, TracedResult } from '../backend/machine-backend.ts';
import type { Design } from '../design/design.ts';
import { elementStore } from '../dtype/element-store.ts';
import { idleSteps } from '../sim/idle-steps.ts';
import { multiplyAdd } from '../sim/reference.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import { type CheckCase, resolveFaults } from './check-case.ts';
import { compareFired, compareRegisters, compareResults, type Difference } from './compare.ts';

/** The models that must agree; the RTL is traced, so its machine must be one that can be. */
export interface Models {
  readonly functional: Backend;
  readonly cycle: MachineBackend;
  readonly rtl: MachineBackend | null;
}

export interface CaseOptions {
  readonly signal?: AbortSignal | undefined;
  /** Where the RTL writes its waveform. */
  readonly vcdPath?: string | undefined;
}

/** What running a case on every model showed. */
export interface CaseRun {
  /** Empty when all models agree. */
  readonly differences: readonly Difference[];
  readonly tiles: number;
  readonly cycles: number;
  /** For every fault the cycles in which it changed a bit. */
  readonly firedCycles: readonly number[];
  /** Whether the faults changed an element of the result. */
  readonly resultChanged: boolean;
}

/** Take the simulators of a design, and the RTL where there is one. */
export function modelsOf(design: Design, rtl: MachineBackend | null): Models {
  return { functional: functionalBackend(design), cycle: cycleBackend(design), rtl };
}

/**
 * Run a case on every model and compare them: results and fired counts of all, every register in every cycle of the
 * cycle simulator and the RTL, and without faults the result of the plain triple loop where the array promises it. An RTL with fewer fault slots
 * than the case has faults is compared under the first ones.
 */
export async function runCase(models: Models, checkCase: CheckCase, options: CaseOptions = {}): Promise<CaseRun> {
  const { functional, cycle, rtl } = models;
  const { signal, vcdPath } = options;
  const { design } = cycle;
  const faults = resolveFaults(design, checkCase);
  const slotted = faults.slice(0, design.spec.faultSlots);
  const trace = rtl !== null;
  // The RTL runs in a process of its own, meanwhile the simulators run here.
  const [onRtl, onCycle, onCycleSlotted, onFunctional] = await Promise.all([
    rtl?.matmul(checkCase, { faults: slotted, trace, vcdPath, signal }),
    cycle.matmul(checkCase, { faults, trace, signal }),
    trace && slotted.length < faults.length ? cycle.matmul(checkCase, { faults: slotted, trace, signal }) : null,
    functional.matmul(checkCase, { faults, signal }),
  ]);
  const reference = referenceResult(design, checkCase);
  const differences: (Difference | null)[] = [];
  if (onRtl) {
    const twin = onCycleSlotted ?? onCycle;
    differences.push(compareRegisters(design, ['cycle', 'rtl'], [registersOf(twin), registersOf(onRtl)]));
    differences.push(compareResults(['cycle', 'rtl'], [twin.result, onRtl.result]));
    differences.push(compareFired(['cycle', 'rtl'], [firedOf(twin), firedOf(onRtl)]));
  }
  differences.push(compareResults(['functional', 'cycle'], [onFunctional.result, onCycle.result]));
  differences.push(compareFired(['functional', 'cycle'], [firedOf(onFunctional), firedOf(onCycle)]));
  const offReference = compareResults(['reference', 'cycle'], [reference, onCycle.result]);
  if (faults.length === 0 && followsReference(design, checkCase)) differences.push(offReference);
  return {
    differences: differences.filter((difference) => difference !== null),
    tiles: onCycle.stats.tiles,
    cycles: onCycle.stats.cycles,
    firedCycles: firedOf(onCycle),
    resultChanged: offReference !== null,
  };
}

function referenceResult({ spec }: Design, { a, b, c }: CheckCase): Tensor {
  const inner = a.shape[1]!;
  const depth = spec.size[2];
  const padded = Math.ceil(inner / depth) * depth;
  const data = multiplyAdd(a, b, c.data, spec, { start: 0, end: inner, padded });
  return tensor(spec.types.c, c.shape, data);
}

/** Tell whether the array computes what the plain loop does: sums may change in PEs that they only pass. */
function followsReference(design: Design, { a, b, c }: CheckCase): boolean {
  const idle = idleSteps(design, { a, b, c });
  const { read } = elementStore(c.type);
  return c.data.every((_: unknown, at: number) => !idle.changes(read(c.data, at)));
}

function registersOf({ registers }: TracedResult): Uint8Array {
  if (!registers) throw new TypeError('a traced job must give its registers');
  return registers;
}

function firedOf({ faults }: MatmulResult): number[] {
  return faults.map(({ firedCycles }) => firedCycles);
}
