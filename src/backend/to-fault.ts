import type { Design } from '../design/design.ts';
import type { Fault } from '../fault/fault.ts';
import { resolveFault } from '../fault/resolve.ts';
import { parseFault } from '../spec/parse.ts';

/**
 * Take a fault as a program gives it: ready, or as its text in the spec language.
 * @throws {SpecError} for text that is no fault, {FaultError} for one that the array cannot have.
 */
export function toFault(design: Design, fault: Fault | string): Fault {
  return typeof fault === 'string' ? resolveFault(design, parseFault(fault)) : fault;
}
