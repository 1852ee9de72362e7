import type { Value } from '../dtype/arithmetic.ts';
import type { Codec } from './codec.ts';

/** Bytes that grow by doubling, with a view on them. */
class GrowingBytes {
  #bytes = new Uint8Array(1024);
  #used = 0;
  view = new DataView(this.#bytes.buffer);

  /** Add so many zero bytes; returns where they start. */
  extend(count: number): number {
    const at = this.#used;
    this.#used += count;
    if (this.#used > this.#bytes.length) {
      const larger = new Uint8Array(2 ** Math.ceil(Math.log2(this.#used)));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    return at;
  }

  used(): Uint8Array {
    return this.#bytes.slice(0, this.#used);
  }
}

/** A growing list of fixed-size little-endian values. */
export class SampleStore {
  readonly #codec: Codec;
  readonly #bytesEach: number;
  readonly #store = new GrowingBytes();

  constructor(codec: Codec, bytesEach: number) {
    this.#codec = codec;
    this.#bytesEach = bytesEach;
  }

  add(value: Value): void {
    const at = this.#store.extend(this.#bytesEach);
    this.#codec.write(this.#store.view, at, value);
  }

  read(index: number): Value {
    return this.#codec.read(this.#store.view, index * this.#bytesEach);
  }

  bytes(): Uint8Array {
    return this.#store.used();
  }
}

/** Collects registers, plane after plane, in the layout of `MachineRun.registers`. */
export class TraceStore {
  readonly #store = new GrowingBytes();

  /** Add the values that a register has in all PEs. */
  add(values: readonly Value[], codec: Codec, bytesEach: number): void {
    let at = this.#store.extend(values.length * bytesEach);
    const { view } = this.#store;
    for (const value of values) {
      codec.write(view, at, value);
      at += bytesEach;
    }
  }

  bytes(): Uint8Array {
    return this.#store.used();
  }
}

/** What a trace's layout depends on. */
export interface TracedDesign {
  readonly registers: readonly { readonly bytes: number }[];
  readonly pes: { readonly length: number };
}

/** Count the bytes that the registers of one cycle take in a trace. */
export function traceCycleBytes({ registers, pes }: TracedDesign): number {
  return registers.reduce((sum, { bytes }) => sum + bytes * pes.length, 0);
}
