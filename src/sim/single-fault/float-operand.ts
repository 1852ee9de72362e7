import type { Design } from '../../design/design.ts';
import type { FaultDrive } from '../../schedule/beats.ts';
import type { JobPlan } from '../../schedule/plan.ts';
import { numberOf, wordMask, wordOf, wordsOf } from './float-masking.ts';
import { operandSegments } from './operand-segments.ts';
import { firesAnyhow, operandReach } from './operand-work.ts';
import type { SingleFault } from './single-fault.ts';
import { ChangeList } from './sum-changes.ts';

/**
 * A fault of a float32 operand, for arrays in which no sum passes idle steps: all sums that take a changed element are
 * added up anew, in the order of K.
 */
export function floatOperandFault(design: Design, plan: JobPlan, drive: FaultDrive): SingleFault {
  const { line, work, idle } = operandReach(design, plan, drive);
  const { rows, inner, columns } = plan;
  const { keep, toggle } = wordMask(drive);
  const depth = design.spec.size[2];
  const whole = Math.ceil(inner / depth) * depth;
  const zeroFaulty = numberOf(toggle);
  // Times zero, any other number gives +0, as a zero does.
  const paddingCounts = !(Number.isFinite(zeroFaulty) && zeroFaulty >= 0 && !Object.is(zeroFaulty, -0));
  const [fixedCount, freeCount] = line === 'a' ? [rows, columns] : [columns, rows];
  const segments = operandSegments(work, freeCount);
  const padded = segments.some(({ fixed, depths }) => fixed >= fixedCount || depths.some((at) => at >= inner));
  const acting = segments.filter(({ fixed }) => fixed < fixedCount);
  const own = new Float32Array(whole);
  const ownWords = new Int32Array(own.buffer);
  const changes = new ChangeList();
  // Whether it fires for all that is known without looking at the elements.
  const anyhow = firesAnyhow(drive, plan) || (toggle !== 0 && (padded || idle === true));
  const [fixedStep, depthStep] = line === 'a' ? [inner, 1] : [1, columns];

  return ({ a, b, c, result }) => {
    changes.clear();
    let fired = anyhow;
    const [operand, other] = (line === 'a' ? [a, b] : [b, a]) as [Float32Array, Float32Array];
    const words = wordsOf(operand);
    const clean = wordsOf(result);
    const entering = c as Float32Array | null;
    for (const { fixed, first, last, freeStarts, depths } of acting) {
      if (first > last && fired) continue;
      const start = fixed * fixedStep;
      const found = changesAny(words, start, depthStep, depths, inner, keep, toggle);
      if (found) fired = true;
      if (!(found || paddingCounts) || first > last) continue;
      for (let at = 0, from = start; at < inner; at++, from += depthStep) ownWords[at] = words[from]!;
      ownWords.fill(0, inner);
      changeLine(ownWords, depths, inner, paddingCounts, keep, toggle);
      for (const freeStart of freeStarts) {
        addUp(fixed, freeStart + first, Math.min(freeStart + last + 1, freeCount), other, entering, clean);
      }
    }
    changes.fired = fired || (idle === null ? null : false);
    return changes;
  };

  /** Add up the sums `from` to `end` − 1 of a row or column, four at a time: each waits for its own last step. */
  function addUp(
    fixed: number,
    from: number,
    end: number,
    other: Float32Array,
    entering: Float32Array | null,
    clean: Int32Array,
  ): void {
    const [base, step] = line === 'a' ? [1, columns] : [inner, 1];
    const [origin, next] = line === 'a' ? [fixed * columns, 1] : [fixed, columns];
    let free = from;
    for (; free + 3 < end; free += 4) {
      const element = origin + free * next;
      let s0 = entering ? entering[element]! : 0;
      let s1 = entering ? entering[element + next]! : 0;
      let s2 = entering ? entering[element + 2 * next]! : 0;
      let s3 = entering ? entering[element + 3 * next]! : 0;
      for (let at = 0, place = free * base; at < inner; at++, place += step) {
        const factor = own[at]!;
        s0 = Math.fround(s0 + Math.fround(factor * other[place]!));
        s1 = Math.fround(s1 + Math.fround(factor * other[place + base]!));
        s2 = Math.fround(s2 + Math.fround(factor * other[place + 2 * base]!));
        s3 = Math.fround(s3 + Math.fround(factor * other[place + 3 * base]!));
      }
      finish(element, s0, clean);
      finish(element + next, s1, clean);
      finish(element + 2 * next, s2, clean);
      finish(element + 3 * next, s3, clean);
    }
    for (; free < end; free++) {
      const element = origin + free * next;
      let sum = entering ? entering[element]! : 0;
      for (let at = 0, place = free * base; at < inner; at++, place += step) {
        sum = Math.fround(sum + Math.fround(own[at]! * other[place]!));
      }
      finish(element, sum, clean);
    }
  }

  function finish(element: number, sum: number, clean: Int32Array): void {
    let value = sum;
    for (let at = inner; at < whole; at++) value = value + own[at]! * 0;
    const word = wordOf(value);
    if (word !== clean[element]) changes.add(element, word);
  }
}

/** Tell whether a fault changes an element of a line; those of the padding aside. */
function changesAny(
  words: Int32Array,
  start: number,
  step: number,
  depths: Int32Array,
  inner: number,
  keep: number,
  toggle: number,
): boolean {
  for (let n = 0; n < depths.length; n++) {
    const at = depths[n]!;
    if (at >= inner) continue;
    const word = words[start + at * step]!;
    if (((word & keep) ^ toggle) !== word) return true;
  }
  return false;
}

/** Apply a fault to the elements of a line that it meets. */
function changeLine(
  own: Int32Array,
  depths: Int32Array,
  inner: number,
  paddingToo: boolean,
  keep: number,
  toggle: number,
): void {
  for (let n = 0; n < depths.length; n++) {
    const at = depths[n]!;
    if (at < inner || paddingToo) own[at] = (own[at]! & keep) ^ toggle;
  }
}
