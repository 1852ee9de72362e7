import type { Design } from '../design/design.ts';
import type { BitSelection, CycleWindow, FaultSpec } from '../fault/fault.ts';
import { planJob } from '../schedule/plan.ts';
import { type CheckCase, sizeOf } from './check-case.ts';

/** Offer a case with a fault less, or one with fewer bits or a shorter window. */
export function* smallerFaults(design: Design, checkCase: CheckCase): Generator<CheckCase> {
  const { faults } = checkCase;
  for (let n = 0; n < faults.length; n++) yield { ...checkCase, faults: faults.toSpliced(n, 1) };
  const { m, k, n } = sizeOf(checkCase);
  const { cycles } = planJob(design, m, k, n);
  for (const [at, fault] of faults.entries()) {
    const within = fault.window.tile === null ? cycles : design.schedule.spanCycles;
    for (const simpler of simplerFaults(fault, within)) {
      yield { ...checkCase, faults: faults.with(at, simpler) };
    }
  }
}

function* simplerFaults(fault: FaultSpec, cycles: number): Generator<FaultSpec> {
  for (const bits of fewerBits(fault.bits)) {
    const value = fault.value === null ? null : fault.value & maskOf(bits);
    yield { ...fault, bits, value };
  }
  for (const window of shorterWindows(fault.window, cycles)) yield { ...fault, window };
}

/** Each single bit of a mask, as an index. */
function* fewerBits(bits: BitSelection): Generator<BitSelection> {
  if (bits.form === 'index') return;
  for (let index = 0; bits.mask >> BigInt(index) > 0n; index++) {
    if ((bits.mask >> BigInt(index)) & 1n) yield { form: 'index', index, msb: bits.msb };
  }
}

function maskOf(bits: BitSelection): bigint {
  return bits.form === 'index' ? 1n << BigInt(bits.index) : bits.mask;
}

/** The first cycle of a window alone, and either half of what lies within the cycles of the job or tile. */
function* shorterWindows({ from, to, tile }: CycleWindow, cycles: number): Generator<CycleWindow> {
  if (from === to) return;
  yield { from, to: from, tile };
  const last = Math.min(to, cycles - 1);
  if (last <= from) return;
  const middle = Math.floor((from + last) / 2);
  yield { from, to: middle, tile };
  yield { from: middle + 1, to: last, tile };
}
