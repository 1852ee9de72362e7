import type { Design } from '../../design/design.ts';
import { FAULT_NODES } from '../../fault/fault.ts';
import type { FaultDrive } from '../../schedule/beats.ts';
import type { JobPlan } from '../../schedule/plan.ts';
import { bitsOf } from '../../tensor/tensor.ts';
import { numberOf, wordMask, wordOf } from './float-masking.ts';
import { bySum, keepsFinishedSums } from './integer-sum.ts';
import { firesAnyhow } from './operand-work.ts';
import type { SingleFault } from './single-fault.ts';
import { ChangeList } from './sum-changes.ts';
import { sumReach } from './sum-work.ts';

/**
 * A fault of a float32 sum, for arrays in which no sum passes idle steps: each product rounded, then each sum, in the
 * order of K, zeros of the padding added, and the fault applied to the bits where the sum meets it.
 */
export function floatSumFault(design: Design, plan: JobPlan, drive: FaultDrive): SingleFault {
  const { rows, inner, columns } = plan;
  const depth = design.spec.size[2];
  const { keep, toggle } = wordMask(drive);
  const { work, idle } = sumReach(design, plan, drive);
  const prepared = work.map(({ row, column, slices }) => ({ row, column, sums: bySum(slices) }));
  const before = FAULT_NODES[drive.nodeCode] === 'c' ? 0 : 1;
  const idleFires = toggle !== 0;
  const isKept = keepsFinishedSums(design, drive);
  const changes = new ChangeList();

  return ({ a, b, c, result }) => {
    changes.clear();
    let fired = firesAnyhow(drive, plan);
    let padded = false;
    let unknown = idle === null;
    const [left, right, entering] = [a as Float32Array, b as Float32Array, c as Float32Array | null];
    const clean = bitsOf(result) as Int32Array;
    const enteringBits = entering && (bitsOf(entering) as Int32Array);
    for (const { row, column, sums } of prepared) {
      for (const { i, j, slices } of sums) {
        const [m, n] = [row + i, column + j];
        if (m >= rows || n >= columns) {
          padded = true;
          continue;
        }
        const element = m * columns + n;
        let sum = entering ? entering[element]! : 0;
        // What the bits are as long as no sum has been made of them: a NaN may be any.
        let word = enteringBits ? enteringBits[element]! | 0 : 0;
        let isMade = false;
        let at = 0;
        const addUpTo = (end: number): void => {
          if (at >= end) return;
          const stop = Math.min(end, inner);
          for (; at < stop; at++) {
            sum = Math.fround(sum + Math.fround(left[m * inner + at]! * right[at * columns + n]!));
          }
          if (at < end) {
            sum = sum + 0;
            at = end;
          }
          isMade = true;
        };
        for (let slice = 0; slice < slices.length; slice++) {
          for (const k of slices[slice]!) {
            addUpTo(slice * depth + k - before);
            const met = isMade ? wordOf(sum) : word;
            const faulty = (met & keep) ^ toggle;
            if (faulty === met) continue;
            word = faulty;
            sum = numberOf(word);
            isMade = false;
            fired = true;
          }
        }
        addUpTo(slices.length * depth);
        const value = isMade ? wordOf(sum) : word;
        if (value !== (clean[element]! | 0)) changes.add(element, value);
        if (isKept && ((value & keep) ^ toggle) !== value) unknown = true;
      }
    }
    changes.fired = fired || (idleFires && (padded || idle === true)) || (unknown ? null : false);
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
