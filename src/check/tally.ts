import { FAULT_KINDS, FAULT_NODES, type FaultKind, type FaultNode } from '../fault/fault.ts';
import type { CheckCase } from './check-case.ts';
import { WINDOW_FORMS, type WindowForm, windowForm } from './draw-fault.ts';
import type { CaseRun } from './run-case.ts';

/** What the trials of a check exercised. */
export interface Tally {
  readonly trials: number;
  /** Trials without a fault. */
  readonly faultFree: number;
  /** Trials of more than one tile, and those whose partial sums re-entered the array. */
  readonly tiled: number;
  readonly reentered: number;
  /** Cycles that the cycle simulator ran, times PEs. */
  readonly peCycles: number;
  readonly faults: FaultTally;
  /** Trials in which faults changed the result. */
  readonly resultChanged: number;
}

export interface FaultTally {
  readonly total: number;
  /** Faults that changed a bit of their node in at least one cycle. */
  readonly fired: number;
  readonly byNode: Readonly<Record<FaultNode, number>>;
  readonly byKind: Readonly<Record<FaultKind, number>>;
  readonly byWindow: Readonly<Record<WindowForm, number>>;
}

/** Counts what agreeing trials exercised. */
export class TallyCounter {
  readonly #pes: number;
  readonly #depth: number;
  readonly #tally = { trials: 0, faultFree: 0, tiled: 0, reentered: 0, peCycles: 0, resultChanged: 0 };
  readonly #faults = { total: 0, fired: 0 };
  readonly #byNode = zeros(FAULT_NODES);
  readonly #byKind = zeros(FAULT_KINDS);
  readonly #byWindow = zeros(WINDOW_FORMS);

  /** @param pes the PEs of the array; @param depth N3, the inner dimension of one tile */
  constructor(pes: number, depth: number) {
    this.#pes = pes;
    this.#depth = depth;
  }

  add({ a, faults }: CheckCase, { tiles, cycles, firedCycles, resultChanged }: CaseRun): void {
    this.#tally.trials++;
    if (faults.length === 0) this.#tally.faultFree++;
    if (tiles > 1) this.#tally.tiled++;
    if (a.shape[1]! > this.#depth) this.#tally.reentered++;
    if (resultChanged) this.#tally.resultChanged++;
    this.#tally.peCycles += cycles * this.#pes;
    faults.forEach(({ node, kind, window }, n) => {
      this.#faults.total++;
      if (firedCycles[n]! > 0) this.#faults.fired++;
      this.#byNode[node]++;
      this.#byKind[kind]++;
      this.#byWindow[windowForm(window)]++;
    });
  }

  read(): Tally {
    const faults = {
      ...this.#faults,
      byNode: { ...this.#byNode },
      byKind: { ...this.#byKind },
      byWindow: { ...this.#byWindow },
    };
    return { ...this.#tally, faults };
  }
}

function zeros<K extends string>(keys: readonly K[]): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;
}
