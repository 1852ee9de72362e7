import type { Design } from '../../design/design.ts';
import { fitsDoubles } from '../../dtype/arithmetic.ts';
import { FAULT_NODES, type FaultNode } from '../../fault/fault.ts';
import { faultMasks } from '../../fault/resolve.ts';
import type { FaultDrive } from '../../schedule/beats.ts';
import type { JobPlan } from '../../schedule/plan.ts';
import type { TensorData } from '../../tensor/tensor.ts';
import { floatOperandFault } from './float-operand.ts';
import { floatSumFault } from './float-sum.ts';
import { integerOperandFault } from './integer-operand.ts';
import { integerProductFault, integerSumFault } from './integer-sum.ts';
import type { SumChanges } from './sum-changes.ts';

/** The operands of a product M×K · K×N, row-major, and what it is without faults; elements in the array's dtypes. */
export interface CleanProduct {
  readonly a: TensorData;
  readonly b: TensorData;
  /** The sums that enter; null for zeros. */
  readonly c: TensorData | null;
  readonly result: TensorData;
}

/**
 * Works out what a fault changes in one product after the other, all of the sizes that it was made for. The changes are
 * valid until the next call.
 */
export type SingleFault = (product: CleanProduct) => SumChanges;

/**
 * Make ready one fault for many products of the same sizes: for exact integers whose sums have at most 32 bits, and
 * for float32 where no sum passes idle steps. It recomputes only what the fault can reach, each sum in the order in which the
 * array adds, and is what campaigns are fast by; the result is that of `runFunctional`, bit for bit.
 * @returns null where this does not cover the array or the node, which the backends then do
 */
export function singleFault(design: Design, plan: JobPlan, drive: FaultDrive): SingleFault | null {
  const node = FAULT_NODES[drive.nodeCode]!;
  const { operators } = design.spec;
  if (operators.multiplier || operators.adder) return null;
  const make = isInteger32(design) ? integerForm(design, drive, node) : isSingle(design) ? floatForm(node) : null;
  return make?.(design, plan, drive) ?? null;
}

type Make = (design: Design, plan: JobPlan, drive: FaultDrive) => SingleFault;

function integerForm(design: Design, drive: FaultDrive, node: FaultNode): Make | null {
  if (/^[ab]/.test(node)) {
    // Where a sum only passes, a zero that a fault makes a number of may meet an operand of another tile.
    return design.hasIdleSteps && faultMasks(drive).toggle !== 0n ? null : integerOperandFault;
  }
  if (node === 'c' || node === 'c_in') return integerSumFault;
  return node === 'p' && design.product.widthBits <= 32 ? integerProductFault : null;
}

function floatForm(node: FaultNode): Make | null {
  if (/^[ab]/.test(node)) return floatOperandFault;
  return node === 'c' || node === 'c_in' ? floatSumFault : null;
}

function isInteger32({ lines: { a, b, c }, product }: Design): boolean {
  return a.float === null && fitsDoubles({ a, b, c, product });
}

function isSingle({ spec, lines, hasIdleSteps }: Design): boolean {
  const { a, b, c } = spec.types;
  return !hasIdleSteps && a === 'float32' && b === 'float32' && c === 'float32' && lines.a.float !== null;
}
