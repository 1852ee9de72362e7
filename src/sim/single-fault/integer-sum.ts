import type { Design } from '../../design/design.ts';
import { FAULT_NODES } from '../../fault/fault.ts';
import type { FaultDrive } from '../../schedule/beats.ts';
import type { JobPlan } from '../../schedule/plan.ts';
import { applyMask, type IntegerMask, integerMask, wrapInto } from './integer-masking.ts';
import { firesAnyhow } from './operand-work.ts';
import type { CleanProduct, SingleFault } from './single-fault.ts';
import { ChangeList } from './sum-changes.ts';
import { type MetSum, metSums } from './sum-work.ts';

/** Adds up a sum past the fault, R(row, column); null when the fault changes nothing on its way. */
type Walk = (product: CleanProduct, sum: MetSum) => number | null;

/** A fault of an integer sum: the sum is added up to where it meets the fault, changed there, and added up further. */
export function integerSumFault(design: Design, plan: JobPlan, drive: FaultDrive): SingleFault {
  const { inner, columns } = plan;
  const mask = integerMask(drive, design.lines.c);
  // Register c holds the sum with the product of step k, wire c_in the one without.
  const before = FAULT_NODES[drive.nodeCode] === 'c' ? 0 : 1;
  return overSums(design, plan, drive, mask, before, ({ a, b, c }, { row, column, stops }) => {
    const start = c ? (c as Int32Array)[row * columns + column]! : 0;
    return addPast(a as Int32Array, row * inner, b as Int32Array, column, columns, inner, start, stops, mask);
  });
}

/** A fault of the product register: each product that it changes changes the sum by as much. */
export function integerProductFault(design: Design, plan: JobPlan, drive: FaultDrive): SingleFault {
  const { inner, columns } = plan;
  const mask = integerMask(drive, design.product);
  const sumMask = integerMask(drive, design.lines.c);
  return overSums(design, plan, drive, mask, 1, ({ a, b, result }, { row, column, stops, inBox }) => {
    const [left, right] = [a as Int32Array, b as Int32Array];
    let sum = (result as Int32Array)[row * columns + column]!;
    let acted = false;
    for (let n = 0; n < stops.length; n++) {
      const at = stops[n]!;
      const isStep = inBox[n] === 1 && at < inner;
      const product = isStep ? Math.imul(left[row * inner + at]!, right[at * columns + column]!) : 0;
      // A product of two unsigned operands may have its 32nd bit set.
      const met = wrapInto(mask, product);
      const faulty = applyMask(mask, met);
      if (faulty === met) continue;
      sum = (sum + (faulty - met)) | 0;
      acted = true;
    }
    return acted ? wrapInto(sumMask, sum) : null;
  });
}

function overSums(
  design: Design,
  plan: JobPlan,
  drive: FaultDrive,
  mask: IntegerMask,
  before: 0 | 1,
  walk: Walk,
): SingleFault {
  const { columns } = plan;
  const { sums, padded, idle } = metSums(design, plan, drive, before);
  const idleFires = applyMask(mask, 0) !== 0;
  const isKept = keepsFinishedSums(design, drive);
  const anyhow = firesAnyhow(drive, plan);
  const changes = new ChangeList();
  return (product) => {
    changes.clear();
    let fired = anyhow;
    let unknown = idle === null;
    const clean = product.result as Int32Array;
    for (const met of sums) {
      const element = met.row * columns + met.column;
      const sum = walk(product, met);
      if (sum !== null) {
        fired = true;
        if (sum !== clean[element]) changes.add(element, sum);
      }
      if (isKept && !unknown) {
        const final = sum ?? clean[element]!;
        unknown = applyMask(mask, final) !== final;
      }
    }
    // Sums of padding are zero until the fault makes something else of them.
    changes.fired = fired || (idleFires && (padded || idle === true)) || (unknown ? null : false);
    return changes;
  };
}

/** Whether finished sums pass a node once more: a stationary sum goes round in its PE until the next one is loaded. */
export function keepsFinishedSums({ lines }: Design, { nodeCode }: FaultDrive): boolean {
  return lines.c.network === null && FAULT_NODES[nodeCode] === 'c_in';
}

/** Add up a sum whose fault acts when so many products as `stops` says have been added; null when it changes nothing. */
function addPast(
  a: Int32Array,
  row: number,
  b: Int32Array,
  column: number,
  columns: number,
  inner: number,
  start: number,
  stops: Int32Array,
  { keep, toggle, shift, signed }: IntegerMask,
): number | null {
  let sum = start;
  let at = 0;
  let from = column;
  let acted = false;
  for (let n = 0; n < stops.length; n++) {
    const stop = Math.min(inner, stops[n]!);
    for (; at < stop; at++, from += columns) sum = (sum + Math.imul(a[row + at]!, b[from]!)) | 0;
    const met = signed ? (sum << shift) >> shift : (sum << shift) >>> shift;
    const bits = ((met & keep) ^ toggle) << shift;
    const faulty = signed ? bits >> shift : bits >>> shift;
    if (faulty === met) continue;
    sum = faulty;
    acted = true;
  }
  if (!acted) return null;
  for (; at < inner; at++, from += columns) sum = (sum + Math.imul(a[row + at]!, b[from]!)) | 0;
  return signed ? (sum << shift) >> shift : (sum << shift) >>> shift;
}
