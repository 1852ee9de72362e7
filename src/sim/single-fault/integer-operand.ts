import type { Design } from '../../design/design.ts';
import type { FaultDrive } from '../../schedule/beats.ts';
import type { JobPlan } from '../../schedule/plan.ts';
import { applyMask, integerMask, wrapInto } from './integer-masking.ts';
import { operandSegments } from './operand-segments.ts';
import { firesAnyhow, operandReach } from './operand-work.ts';
import type { SingleFault } from './single-fault.ts';
import { ChangeList } from './sum-changes.ts';

/**
 * A fault of an integer operand: sums change by (a' − a)·b for each element a that it turns into a', modulo 2^W of c,
 * in whatever order one adds.
 */
export function integerOperandFault(design: Design, plan: JobPlan, drive: FaultDrive): SingleFault {
  const { line, work, idle } = operandReach(design, plan, drive);
  const { rows, inner, columns } = plan;
  const { keep, toggle, shift, signed } = integerMask(drive, design.lines[line]);
  const sumMask = integerMask(drive, design.lines.c);
  const idleFires = applyMask({ keep, toggle, shift, signed }, 0) !== 0;
  const [fixedCount, freeCount] = line === 'a' ? [rows, columns] : [columns, rows];
  const all = operandSegments(work, freeCount);
  const segments = all
    .filter(({ fixed }) => fixed < fixedCount)
    .map(({ depths, ...segment }) => ({ ...segment, depths: depths.filter((depth) => depth < inner) }));
  const padded = segments.length < all.length || all.some(({ depths }) => depths.some((depth) => depth >= inner));
  const longest = Math.max(0, ...segments.map(({ depths }) => depths.length));
  const [at, by] = [new Int32Array(longest), new Int32Array(longest)];
  const sums = new Int32Array(line === 'a' ? columns : 0);
  const changes = new ChangeList();
  // Whether it fires for all that is known without looking at the elements.
  const anyhow = firesAnyhow(drive, plan) || (idleFires && (padded || idle === true));
  const [fixedStep, depthStep] = line === 'a' ? [inner, 1] : [1, columns];

  return ({ a, b, result }) => {
    changes.clear();
    const [own, other] = (line === 'a' ? [a, b] : [b, a]) as [Int32Array, Int32Array];
    const clean = result as Int32Array;
    let fired = anyhow;
    for (const { fixed, first, last, freeStarts, depths } of segments) {
      if (first > last && fired) continue;
      const count = differences(own, fixed * fixedStep, depthStep, depths, keep, toggle, shift, signed, at, by);
      if (count === 0) continue;
      fired = true;
      if (first > last) continue;
      for (const start of freeStarts) {
        const end = Math.min(start + last + 1, freeCount);
        if (line === 'a') rowSums(at, by, count, other, columns, start + first, end, sums);
        for (let free = start + first; free < end; free++) {
          const delta = line === 'a' ? sums[free]! : columnSum(at, by, count, other, free * inner);
          if (delta === 0) continue;
          const element = line === 'a' ? fixed * columns + free : free * columns + fixed;
          const before = clean[element]!;
          const sum = wrapInto(sumMask, before + delta);
          if (sum !== before) changes.add(element, sum);
        }
      }
    }
    changes.fired = fired || (idle === null ? null : false);
    return changes;
  };
}

/** Compare elements with what a fault makes of them; notes where they differ and by how much, and gives the count. */
function differences(
  own: Int32Array,
  start: number,
  step: number,
  depths: Int32Array,
  keep: number,
  toggle: number,
  shift: number,
  signed: boolean,
  at: Int32Array,
  by: Int32Array,
): number {
  let count = 0;
  for (let n = 0; n < depths.length; n++) {
    const depth = depths[n]!;
    const value = own[start + depth * step]!;
    const bits = ((value & keep) ^ toggle) << shift;
    const faulty = signed ? bits >> shift : bits >>> shift;
    if (faulty === value) continue;
    at[count] = depth;
    by[count++] = faulty - value;
  }
  return count;
}

/** Line a: differences times rows of B, for the columns `from` to `end` − 1. */
function rowSums(
  at: Int32Array,
  by: Int32Array,
  count: number,
  b: Int32Array,
  columns: number,
  from: number,
  end: number,
  sums: Int32Array,
): void {
  sums.fill(0, from, end);
  for (let n = 0; n < count; n++) {
    const factor = by[n]!;
    const row = at[n]! * columns;
    for (let column = from; column < end; column++) {
      sums[column] = sums[column]! + Math.imul(factor, b[row + column]!);
    }
  }
}

/** Line b: a row of A, from `start` on, times differences. */
function columnSum(at: Int32Array, by: Int32Array, count: number, a: Int32Array, start: number): number {
  let sum = 0;
  for (let n = 0; n < count; n++) sum = (sum + Math.imul(by[n]!, a[start + at[n]!]!)) | 0;
  return sum;
}
