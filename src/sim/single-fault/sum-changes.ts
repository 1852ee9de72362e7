import type { FaultDrive } from '../../schedule/beats.ts';

/** The sums of a product that a fault changed. */
export interface SumChanges {
  /** Whether the fault changed a bit of its node in any cycle; null where only a run cycle by cycle can tell. */
  readonly fired: boolean | null;
  readonly count: number;
  /** Places in the product's result, row-major; the first `count` count. */
  readonly elements: Int32Array;
  /** The new sums; those of floating point as their bits. */
  readonly values: Int32Array;
}

/** Collects the sums that a fault changed; used over and over. */
export class ChangeList implements SumChanges {
  fired: boolean | null = false;
  count = 0;
  elements = new Int32Array(256);
  values = new Int32Array(256);

  clear(): void {
    this.fired = false;
    this.count = 0;
  }

  add(element: number, value: number): void {
    if (this.count === this.elements.length) {
      this.elements = grown(this.elements);
      this.values = grown(this.values);
    }
    this.elements[this.count] = element;
    this.values[this.count] = value;
    this.count++;
  }
}

function grown(list: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * list.length);
  larger.set(list);
  return larger;
}

/** A window in the cycles of a job. */
export type Cycles = Pick<FaultDrive, 'firstCycle' | 'lastCycle'>;
