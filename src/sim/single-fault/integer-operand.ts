import type { Design } from '../../design/design.ts';
import type { FaultDrive } from '../../schedule/beats.ts';
import type { JobPlan } from '../../schedule/plan.ts';
import { applyMask, type IntegerMask, integerMask, wrapInto } from './integer-masking.ts';
import { firesAnyhow, type OperandGroup, type OperandWork, operandReach } from './operand-work.ts';
import type { SingleFault } from './single-fault.ts';
import { ChangeList } from './sum-changes.ts';

/** The elements of one group that a fault really changes: where in the inner dimension, and by how much. */
interface Differences {
  readonly depths: Int32Array;
  readonly by: Int32Array;
  count: number;
}

/**
 * A fault of an integer operand: sums change by (a' − a)·b for each element a that it turns into a', modulo 2^W of c,
 * in whatever order one adds.
 */
export function integerOperandFault(design: Design, plan: JobPlan, drive: FaultDrive): SingleFault {
  const { line, work, idle } = operandReach(design, plan, drive);
  const { rows, inner, columns } = plan;
  const mask = integerMask(drive, design.lines[line]);
  const sumMask = integerMask(drive, design.lines.c);
  const idleFires = applyMask(mask, 0) !== 0;
  const deltas = new Int32Array(rows * columns);
  const touched: number[] = [];
  const changes = new ChangeList();
  const slots = plan.tiles.length * design.spec.size[2];
  const found: Differences = { depths: new Int32Array(slots), by: new Int32Array(slots), count: 0 };
  const add = line === 'a' ? addRow : addColumn;

  return ({ a, b, result }) => {
    changes.clear();
    touched.length = 0;
    const [own, other] = (line === 'a' ? [a, b] : [b, a]) as [Int32Array, Int32Array];
    let fired = firesAnyhow(drive, plan);
    let padded = false;
    for (const item of work) {
      for (const group of item.groups) {
        padded = findDifferences(item, group, own) || padded;
        if (found.count > 0) {
          fired = true;
          if (group.first <= group.last) add(item, group, other);
        }
      }
    }
    for (const element of touched) {
      const delta = deltas[element]!;
      if (delta === 0) continue;
      deltas[element] = 0;
      const clean = (result as Int32Array)[element]!;
      const sum = wrapInto(sumMask, clean + delta);
      if (sum !== clean) changes.add(element, sum);
    }
    changes.fired = fired || (idleFires && (padded || idle === true)) || (idle === null ? null : false);
    return changes;
  };

  /** Compare the elements of a group with what the fault makes of them; true when some are padding. */
  function findDifferences({ fixedStart, depths }: OperandWork, { fixed, ks }: OperandGroup, own: Int32Array): boolean {
    found.count = 0;
    const at = fixedStart + fixed;
    if (at >= (line === 'a' ? rows : columns)) return true;
    const [start, step] = line === 'a' ? [at * inner, 1] : [at, columns];
    let padded = false;
    for (const from of depths) {
      for (let n = 0; n < ks.length; n++) {
        const depth = from + ks[n]!;
        if (depth >= inner) {
          padded = true;
          continue;
        }
        const value = own[start + depth * step]!;
        const faulty = masked(mask, value);
        if (faulty === value) continue;
        found.depths[found.count] = depth;
        found.by[found.count++] = faulty - value;
      }
    }
    return padded;
  }

  /** Line a: a row of differences times rows of B, onto a row of sums. */
  function addRow({ fixedStart, freeStarts }: OperandWork, { fixed, first, last }: OperandGroup, b: Int32Array): void {
    const row = (fixedStart + fixed) * columns;
    for (const start of freeStarts) {
      const end = Math.min(start + last + 1, columns);
      for (let n = 0; n < found.count; n++) {
        const by = found.by[n]!;
        const from = found.depths[n]! * columns;
        for (let column = start + first; column < end; column++) {
          deltas[row + column] = deltas[row + column]! + Math.imul(by, b[from + column]!);
        }
      }
      for (let column = start + first; column < end; column++) touched.push(row + column);
    }
  }

  /** Line b: rows of A times a column of differences, onto a column of sums. */
  function addColumn(
    { fixedStart, freeStarts }: OperandWork,
    { fixed, first, last }: OperandGroup,
    a: Int32Array,
  ): void {
    const column = fixedStart + fixed;
    const { depths, by, count } = found;
    for (const start of freeStarts) {
      const end = Math.min(start + last + 1, rows);
      for (let row = start + first; row < end; row++) {
        const from = row * inner;
        let sum = 0;
        for (let n = 0; n < count; n++) sum = (sum + Math.imul(by[n]!, a[from + depths[n]!]!)) | 0;
        if (sum === 0) continue;
        const at = row * columns + column;
        deltas[at] = deltas[at]! + sum;
        touched.push(at);
      }
    }
  }
}

/** `applyMask`, where it is called most. */
function masked({ keep, toggle, shift, signed }: IntegerMask, value: number): number {
  const bits = ((value & keep) ^ toggle) << shift;
  return signed ? bits >> shift : bits >>> shift;
}
