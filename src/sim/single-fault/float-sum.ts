import type { Design } from '../../design/design.ts';
import { FAULT_NODES } from '../../fault/fault.ts';
import type { FaultDrive } from '../../schedule/beats.ts';
import type { JobPlan } from '../../schedule/plan.ts';
import { numberOf, type WordMask, wordMask, wordOf, wordsOf } from './float-masking.ts';
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
  const mask = wordMask(drive);
  const { keep, toggle } = mask;
  const before = FAULT_NODES[drive.nodeCode] === 'c' ? 0 : 1;
  const { sums, padded, idle } = metSums(design, plan, drive, before);
  const isKept = keepsFinishedSums(design, drive);
  const anyhow = firesAnyhow(drive, plan);
  const changes = new ChangeList();

  return ({ a, b, c, result }) => {
    changes.clear();
    let fired = anyhow;
    let unknown = idle === null;
    const [left, right] = [a as Float32Array, b as Float32Array];
    const clean = wordsOf(result);
    const entering = c && wordsOf(c);
    for (const { row, column, stops } of sums) {
      const element = row * columns + column;
      const start = entering ? entering[element]! : 0;
      const word = addPast(left, row * inner, right, column, columns, inner, whole, start, stops, mask);
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

/** Add up a sum whose fault acts after so many steps as `stops` says; its bits, or null when nothing changes. */
function addPast(
  a: Float32Array,
  row: number,
  b: Float32Array,
  column: number,
  columns: number,
  inner: number,
  whole: number,
  start: number,
  stops: Int32Array,
  { keep, toggle }: WordMask,
): number | null {
  let sum = numberOf(start);
  // What the bits are as long as no sum has been made of them: a NaN may be any.
  let word = start;
  let isMade = false;
  let acted = false;
  let at = 0;
  let from = column;
  for (let n = 0; n <= stops.length; n++) {
    const stop = n < stops.length ? stops[n]! : whole;
    if (n === stops.length && !acted) return null;
    if (at < stop) {
      isMade = true;
      const end = Math.min(stop, inner);
      for (; at < end; at++, from += columns) sum = Math.fround(sum + Math.fround(a[row + at]! * b[from]!));
      if (at < stop) {
        sum = sum + 0;
        at = stop;
      }
    }
    if (n === stops.length) break;
    const met = isMade ? wordOf(sum) : word;
    const faulty = (met & keep) ^ toggle;
    if (faulty === met) continue;
    word = faulty;
    sum = numberOf(word);
    isMade = false;
    acted = true;
  }
  return isMade ? wordOf(sum) : word;
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
