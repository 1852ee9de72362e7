import { toFault } from '../../backend/to-fault.ts';
import type { Design } from '../../design/design.ts';
import { ModelError } from '../../errors.ts';
import type { Fault } from '../../fault/fault.ts';
import { type FaultPlace, type PlacedFault, placeFault } from './placed-fault.ts';

/** The faults of a model on an array, which come and go between runs; they act in the order in which they came. */
export class FaultSet {
  readonly #design: Design;
  readonly #layers: readonly string[];
  readonly #faults = new Map<number, PlacedFault>();
  #next = 0;

  constructor(design: Design, layers: readonly string[], faults: readonly Fault[]) {
    this.#design = design;
    this.#layers = layers;
    for (const fault of faults) this.add(fault);
  }

  get placed(): readonly PlacedFault[] {
    return [...this.#faults.values()];
  }

  add(fault: Fault | string, place: FaultPlace = {}): number {
    const resolved = toFault(this.#design, fault);
    this.#faults.set(this.#next, placeFault(resolved, place, this.#layers));
    return this.#next++;
  }

  clear(id: number): void {
    if (!this.#faults.delete(id)) throw new ModelError(`no fault has the number ${id}`);
  }

  clearAll(): void {
    this.#faults.clear();
  }
}
