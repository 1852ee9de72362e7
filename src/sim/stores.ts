import type { Design } from '../design/design.ts';
import type { Arithmetic, NumberFormat, Value } from '../dtype/arithmetic.ts';

/** A growing list of fixed-size little-endian values. */
export class SampleStore {
  readonly #bytesEach: number;
  #bytes = new Uint8Array(1024);
  #used = 0;

  constructor(bytesEach: number) {
    this.#bytesEach = bytesEach;
  }

  add(bits: bigint): void {
    if (this.#used + this.#bytesEach > this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    storeBits(this.#bytes, this.#used, this.#bytesEach, bits);
    this.#used += this.#bytesEach;
  }

  read(index: number): bigint {
    const at = index * this.#bytesEach;
    let bits = 0n;
    for (let n = this.#bytesEach - 1; n >= 0; n--) bits = (bits << 8n) | BigInt(this.#bytes[at + n]!);
    return bits;
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#used);
  }
}

/** Collects the registers of every cycle in the layout of `MachineRun.registers`. */
export class TraceStore {
  readonly #cycleBytes: number;
  readonly #cycles: Uint8Array[] = [];
  #at = 0;

  constructor(design: Design) {
    this.#cycleBytes = traceCycleBytes(design);
  }

  beginCycle(): void {
    this.#cycles.push(new Uint8Array(this.#cycleBytes));
    this.#at = 0;
  }

  add(values: readonly Value[], format: NumberFormat, bytesEach: number, arithmetic: Arithmetic<Value>): void {
    const bytes = this.#cycles.at(-1)!;
    for (const value of values) {
      storeValue(bytes, this.#at, bytesEach, value, format, arithmetic);
      this.#at += bytesEach;
    }
  }

  bytes(): Uint8Array {
    const all = new Uint8Array(this.#cycles.length * this.#cycleBytes);
    this.#cycles.forEach((cycle, n) => {
      all.set(cycle, n * this.#cycleBytes);
    });
    return all;
  }
}

/** Count the bytes that the registers of one cycle take in a trace. */
export function traceCycleBytes({ registers, pes }: Design): number {
  return registers.reduce((sum, { bytes }) => sum + bytes * pes.length, 0);
}

function storeValue(
  bytes: Uint8Array,
  at: number,
  bytesEach: number,
  value: Value,
  format: NumberFormat,
  arithmetic: Arithmetic<Value>,
): void {
  if (typeof value === 'number' && format.widthBits <= 32) {
    const bits = format.widthBits === 32 ? value >>> 0 : value & ((1 << format.widthBits) - 1);
    for (let n = 0; n < bytesEach; n++) bytes[at + n] = bits >>> (8 * n);
    return;
  }
  storeBits(bytes, at, bytesEach, arithmetic.toBits(value, format));
}

function storeBits(bytes: Uint8Array, at: number, bytesEach: number, bits: bigint): void {
  for (let n = 0; n < bytesEach; n++) bytes[at + n] = Number((bits >> BigInt(8 * n)) & 0xffn);
}
