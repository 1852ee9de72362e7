import type { Design } from '../design/design.ts';
import type { Operator } from '../dtype/operator.ts';

/** Tell whether a design has a rolled model: a module of the user's own cannot be called in a loop. */
export function hasRolledForm(design: Design): boolean {
  return ownOperators(design).length === 0;
}

/** List the modules of the user's own that a design instantiates. */
export function ownOperators({ spec }: Design): Operator[] {
  return Object.values(spec.operators).filter((operator) => operator !== null);
}
