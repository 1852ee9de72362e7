import type { Design } from '../../design/design.ts';
import { FAULT_NODES } from '../../fault/fault.ts';
import type { FaultDrive } from '../../schedule/beats.ts';
import type { JobPlan } from '../../schedule/plan.ts';
import { applyMask, integerMask, wrapInto } from './integer-masking.ts';
import { firesAnyhow } from './operand-work.ts';
import type { SingleFault } from './single-fault.ts';
import { ChangeList } from './sum-changes.ts';
import { type SumSites, sumReach } from './sum-work.ts';

/** Walks one sum, R(row, column), past a fault; `sites` says what it meets in each slice. */
type Walk = (row: number, column: number, sites: readonly (readonly number[])[]) => number;

/** A fault of an integer sum: the sum is added up to where it meets the fault, changed there, and added up further. */
export function integerSumFault(design: Design, plan: JobPlan, drive: FaultDrive): SingleFault {
  const { inner, columns } = plan;
  const depth = design.spec.size[2];
  const mask = integerMask(drive, design.lines.c);
  const { keep, toggle, shift, signed } = mask;
  // Register c holds the sum with the product of step k, wire c_in the one without.
  const before = FAULT_NODES[drive.nodeCode] === 'c' ? 0 : 1;
  return overSums(design, plan, drive, mask, ({ a, b, c }, note) => {
    const [left, right] = [a as Int32Array, b as Int32Array];
    const sums = c as Int32Array | null;
    return (row, column, sites) => {
      const from = row * inner;
      let sum = sums ? sums[row * columns + column]! : 0;
      let at = 0;
      for (let slice = 0; slice < sites.length; slice++) {
        const ks = sites[slice]!;
        const start = slice * depth;
        for (let n = 0; n < ks.length; n++) {
          const end = Math.min(inner, start + Math.max(0, Math.min(depth, ks[n]! - before)));
          for (; at < end; at++) sum = (sum + Math.imul(left[from + at]!, right[at * columns + column]!)) | 0;
          const met = signed ? (sum << shift) >> shift : (sum << shift) >>> shift;
          const bits = ((met & keep) ^ toggle) << shift;
          const faulty = signed ? bits >> shift : bits >>> shift;
          if (faulty === met) continue;
          sum = faulty;
          note();
        }
      }
      for (; at < inner; at++) sum = (sum + Math.imul(left[from + at]!, right[at * columns + column]!)) | 0;
      return wrapInto(mask, sum);
    };
  });
}

/** A fault of the product register: each product that it changes changes the sum by as much. */
export function integerProductFault(design: Design, plan: JobPlan, drive: FaultDrive): SingleFault {
  const { inner, columns } = plan;
  const depth = design.spec.size[2];
  const mask = integerMask(drive, design.product);
  const sumMask = integerMask(drive, design.lines.c);
  return overSums(design, plan, drive, mask, ({ a, b, result }, note) => {
    const [left, right] = [a as Int32Array, b as Int32Array];
    return (row, column, sites) => {
      let sum = (result as Int32Array)[row * columns + column]!;
      for (let slice = 0; slice < sites.length; slice++) {
        for (const k of sites[slice]!) {
          const at = slice * depth + k - 1;
          const isStep = k >= 1 && k <= depth && at < inner;
          const product = isStep ? Math.imul(left[row * inner + at]!, right[at * columns + column]!) : 0;
          // A product of two unsigned operands may have its 32nd bit set.
          const met = wrapInto(mask, product);
          const faulty = applyMask(mask, met);
          if (faulty === met) continue;
          sum = (sum + (faulty - met)) | 0;
          note();
        }
      }
      return wrapInto(sumMask, sum);
    };
  });
}

function overSums(
  design: Design,
  plan: JobPlan,
  drive: FaultDrive,
  mask: ReturnType<typeof integerMask>,
  open: (product: Parameters<SingleFault>[0], note: () => void) => Walk,
): SingleFault {
  const { rows, columns } = plan;
  const { work, idle } = sumReach(design, plan, drive);
  const prepared = work.map(({ row, column, slices }) => ({ row, column, sums: bySum(slices) }));
  const idleFires = applyMask(mask, 0) !== 0;
  const isKept = keepsFinishedSums(design, drive);
  const changes = new ChangeList();
  return (product) => {
    changes.clear();
    let fired = firesAnyhow(drive, plan);
    let padded = false;
    let unknown = idle === null;
    const walk = open(product, () => {
      fired = true;
    });
    const clean = product.result as Int32Array;
    for (const { row, column, sums } of prepared) {
      for (const { i, j, slices } of sums) {
        if (row + i >= rows || column + j >= columns) {
          padded = true;
          continue;
        }
        const element = (row + i) * columns + column + j;
        const sum = walk(row + i, column + j, slices);
        if (sum !== clean[element]) changes.add(element, sum);
        if (isKept && applyMask(mask, sum) !== sum) unknown = true;
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

/** For each sum of a block, what it meets in every slice. */
export function bySum(
  slices: readonly (readonly SumSites[])[],
): { readonly i: number; readonly j: number; readonly slices: readonly (readonly number[])[] }[] {
  const sums = new Map<string, { i: number; j: number; slices: (readonly number[])[] }>();
  for (const [slice, sites] of slices.entries()) {
    for (const { i, j, ks } of sites) {
      const key = `${i} ${j}`;
      const sum = sums.get(key) ?? { i, j, slices: slices.map(() => []) };
      sum.slices[slice] = ks;
      sums.set(key, sum);
    }
  }
  return [...sums.values()];
}
