import type { Design } from '../../design/design.ts';
import type { FaultDrive } from '../../schedule/beats.ts';
import type { JobPlan } from '../../schedule/plan.ts';
import { numberOf, wordMask, wordOf, wordsOf } from './float-masking.ts';
import { addUp, beginSums, placeOperand, reserveSums, setLine, sumAt, sumWordAt } from './float-sums.ts';
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
  reserveSums(whole, freeCount);
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
      setLine(ownWords);
      for (const freeStart of freeStarts) {
        addUpSums(fixed, freeStart + first, Math.min(freeStart + last + 1, freeCount), other, entering, clean);
      }
    }
    changes.fired = fired || (idle === null ? null : false);
    return changes;
  };

  /** Add up the sums `from` to `end` − 1 of a row or column. */
  function addUpSums(
    fixed: number,
    from: number,
    end: number,
    other: Float32Array,
    entering: Float32Array | null,
    clean: Int32Array,
  ): void {
    const count = end - from;
    // The sums of neighbouring columns, or of neighbouring rows of A turned over, lie side by side.
    const place = line === 'a' ? placeOperand(other, inner, columns, false) : placeOperand(other, rows, inner, true);
    const [origin, next] = line === 'a' ? [fixed * columns, 1] : [fixed, columns];
    beginSums(entering, origin + from * next, next, count);
    addUp(place + from, line === 'a' ? columns : rows, inner, count);
    // Only a factor of the padding that is no usual number, or −0 to begin with, makes a difference there.
    const isPadded = whole > inner && (paddingCounts || entering !== null);
    for (let n = 0; n < count; n++) {
      const element = origin + (from + n) * next;
      const word = isPadded ? addPadding(sumAt(n)) : sumWordAt(n);
      if (word !== clean[element]) changes.add(element, word);
    }
  }

  function addPadding(sum: number): number {
    let value = sum;
    for (let at = inner; at < whole; at++) value = value + own[at]! * 0;
    return wordOf(value);
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
