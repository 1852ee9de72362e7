import type { MachineBackend } from '../backend/machine-backend.ts';
import type { Design } from '../design/design.ts';
import type { Operator, OperatorKind } from '../dtype/operator.ts';
import { ownOperators } from '../emit/forms.ts';
import { arithmeticOf } from '../sim/formats.ts';
import { type OperandPair, operandPairs } from './operator-pairs.ts';
import { operatorProbe, PAIRS_PER_JOB } from './operator-probe.ts';
import { type Disagreement, type OperatorReport, operatorFormats, operatorMismatch } from './operator-report.ts';

export interface OperatorCheckOptions {
  /** Any integer; which operands are tried is a pure function of design, kind of operator and seed. */
  readonly seed: number;
  /** Opens the RTL of a small array that holds the operator, for tracing. */
  readonly openRtl: (probe: Design) => Promise<MachineBackend>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((operator: Operator, donePairs: number, totalPairs: number) => void) | undefined;
}

/**
 * Hold the Verilog of every own operator of a design against its function, bit for bit: on 65536 pairs of operands:
 * all that there are of 8 bits each, else edge values and random ones. Without own operators there is no report.
 * @throws {OperatorError} when a function fails, {ProcessError} when the RTL cannot be built or crashes, and the signal's
 * reason when aborted.
 */
export async function checkOperators(design: Design, options: OperatorCheckOptions): Promise<OperatorReport[]> {
  const reports: OperatorReport[] = [];
  for (const operator of ownOperators(design)) reports.push(await checkOperator(design, operator, options));
  return reports;
}

async function checkOperator(
  design: Design,
  operator: Operator,
  { seed, openRtl, signal, onProgress }: OperatorCheckOptions,
): Promise<OperatorReport> {
  const { kind, name } = operator;
  const { pairs, exhaustive } = operandPairs(design, kind, seed);
  const probe = operatorProbe(design, kind);
  const compute = functionOf(design, kind);
  let first: Disagreement | null = null;
  let differing = 0;
  const rtl = await openRtl(probe.design);
  try {
    for (let done = 0; done < pairs.length; done += PAIRS_PER_JOB) {
      onProgress?.(operator, done, pairs.length);
      const some = pairs.slice(done, done + PAIRS_PER_JOB);
      const results = await probe.run(rtl, some, signal);
      for (const [n, pair] of some.entries()) {
        const [verilog, computed] = [results[n]!, compute(pair)];
        if (verilog === computed) continue;
        first ??= { pair, verilog, function: computed };
        differing++;
      }
    }
  } finally {
    await rtl.close();
  }
  const mismatch = first && operatorMismatch(operatorFormats(design, kind), first, differing);
  return { kind, name, pairs: pairs.length, exhaustive, mismatch };
}

/** Make the function of an operator as the simulators use it, from bits to bits. */
function functionOf(design: Design, kind: OperatorKind): (pair: OperandPair) => bigint {
  const { multiply, accumulate, fromBits, toBits } = arithmeticOf(design);
  const operate = kind === 'multiplier' ? multiply : accumulate;
  const {
    operands: [[, x], [, y]],
    result,
  } = operatorFormats(design, kind);
  return ([p, q]) => toBits(operate(fromBits(p, x), fromBits(q, y)), result);
}
