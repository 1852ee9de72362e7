import type { Design } from '../../design/design.ts';
import { FAULT_NODES } from '../../fault/fault.ts';
import type { FaultDrive } from '../../schedule/beats.ts';
import type { JobPlan } from '../../schedule/plan.ts';
import { wordMask, wordsOf } from './float-masking.ts';
import { addPast, placeOperands, reserveSums, setLine } from './float-sums.ts';
import { keepsFinishedSums } from './integer-sum.ts';
import { firesAnyhow } from './operand-work.ts';
import type { SingleFault } from './single-fault.ts';
import { ChangeList } from './sum-changes.ts';
import { metSums } from './sum-work.ts';

/**
 * A fault of a float32 sum, for arrays in which no sum passes idle steps: each product rounded, then each sum, in the
 * order of K, zeros of the padding added, and the fault applied to the bits where the sum meets it.
 */
export function floatSumFault(design: Design, plan: JobPlan, drive: FaultDrive): SingleFault {
  const { inner, columns } = plan;
  const depth = design.spec.size[2];
  const whole = Math.ceil(inner / depth) * depth;
  const { keep, toggle } = wordMask(drive);
  const past = { inner, whole, step: columns, keep, toggle };
  const before = FAULT_NODES[drive.nodeCode] === 'c' ? 0 : 1;
  const { sums, padded, idle } = metSums(design, plan, drive, before);
  const isKept = keepsFinishedSums(design, drive);
  const anyhow = firesAnyhow(drive, plan);
  const changes = new ChangeList();
  reserveSums(Math.max(0, ...sums.map(({ stops }) => stops.length)), 1);

  return ({ a, b, c, result }) => {
    changes.clear();
    let fired = anyhow;
    let unknown = idle === null;
    const [left, right] = [a as Float32Array, b as Float32Array];
    const clean = wordsOf(result);
    const entering = c && wordsOf(c);
    const [placeA, placeB] = sums.length > 0 ? placeOperands(left, right) : [0, 0];
    let lastStops: Int32Array | null = null;
    for (const { row, column, stops } of sums) {
      const element = row * columns + column;
      const start = entering ? entering[element]! : 0;
      // The sums that pass a PE mostly meet it at the same steps.
      if (lastStops !== stops) setLine(stops);
      lastStops = stops;
      const word = addPast(past, placeA + row * inner, placeB + column, stops.length, start);
      if (word !== null) {
        fired = true;
        if (word !== clean[element]) changes.add(element, word);
      }
      if (isKept && !unknown) {
        const final = word ?? clean[element]!;
        unknown = ((final & keep) ^ toggle) !== final;
      }
    }
    changes.fired = fired || (toggle !== 0 && (padded || idle === true)) || (unknown ? null : false);
    // Infinities times zero are NaN, in sums of the padding too.
    if (changes.fired === false && !(allFinite(left) && allFinite(right))) changes.fired = null;
    return changes;
  };
}

const finite = new WeakMap<Float32Array, boolean>();

function allFinite(data: Float32Array): boolean {
  let known = finite.get(data);
  if (known === undefined) {
    known = data.every(Number.isFinite);
    finite.set(data, known);
  }
  return known;
}
