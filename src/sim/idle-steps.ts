import type { Design } from '../design/design.ts';
import type { Value } from '../dtype/arithmetic.ts';
import { dtypeInfo } from '../dtype/dtype.ts';
import { elementStore } from '../dtype/element-store.ts';
import type { JobOperands } from '../schedule/segments.ts';
import type { Tensor } from '../tensor/tensor.ts';

/**
 * Whether steps in which a sum only passes a PE, adding a product of which a factor is zero, can change it. Integers
 * never change. A floating-point −0 becomes +0 unless the product is −0 too, and an infinite or NaN factor makes the
 * product NaN. An own operator may do anything.
 */
export interface IdleSteps {
  /** Whether a sum can change in an idle step. */
  changes(sum: Value): boolean;
}

/** Of integers, and of designs in which sums meet their own PEs alone. */
export const NOTHING_CHANGES: IdleSteps = { changes: () => false };

/** Look at a design and the operands of a job for what idle steps can change. */
export function idleSteps({ spec, hasIdleSteps }: Design, { a, b }: JobOperands): IdleSteps {
  const { types, operators } = spec;
  if (!hasIdleSteps) return NOTHING_CHANGES;
  if (operators.multiplier || operators.adder) return EVERYTHING;
  if (dtypeInfo(types.a).kind === 'integer') return NOTHING_CHANGES;
  return allFinite(a) && allFinite(b) ? { changes: (sum) => Object.is(sum, -0) } : EVERYTHING;
}

const EVERYTHING: IdleSteps = { changes: () => true };

function allFinite({ type, data }: Tensor): boolean {
  const { read } = elementStore(type);
  for (let at = 0; at < data.length; at++) {
    if (!Number.isFinite(read(data, at))) return false;
  }
  return true;
}
