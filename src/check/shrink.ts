import type { Design } from '../design/design.ts';
import type { CheckCase } from './check-case.ts';
import { smallerFaults } from './shrink-faults.ts';
import { smallerOperands, smallerSizes } from './shrink-operands.ts';

/** The smallest failing case found, and how many cases were run for it. */
export interface Shrunk {
  readonly smallest: CheckCase;
  readonly attempts: number;
}

/** Each offers the simpler neighbours of a case, boldest first; none leads back, so that shrinking ends. */
const SIMPLIFIERS: readonly ((design: Design, checkCase: CheckCase) => Iterable<CheckCase>)[] = [
  smallerSizes,
  smallerFaults,
  smallerOperands,
];

/**
 * Simplify a failing case greedily as long as it still fails: smaller sizes, fewer and narrower faults, zeros as
 * operands. Stops when no simpler neighbour fails or after `limit` attempts.
 */
export async function shrinkCase(
  design: Design,
  failing: CheckCase,
  fails: (checkCase: CheckCase) => Promise<boolean>,
  limit: number,
): Promise<Shrunk> {
  let smallest = failing;
  let attempts = 0;
  const simplify = async (neighbours: Iterable<CheckCase>): Promise<boolean> => {
    for (const simpler of neighbours) {
      if (attempts >= limit) return false;
      attempts++;
      if (await fails(simpler)) {
        smallest = simpler;
        return true;
      }
    }
    return false;
  };
  for (let improved = true; improved; ) {
    improved = false;
    for (const simplifier of SIMPLIFIERS) {
      while (await simplify(simplifier(design, smallest))) improved = true;
    }
  }
  return { smallest, attempts };
}
