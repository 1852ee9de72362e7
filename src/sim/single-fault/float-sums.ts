import { FLOAT_SUMS_WASM } from './float-sums-wasm.ts';

// What of WebAssembly is used here; its types come with browsers' alone.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** Adds up float32 products in WebAssembly, whose float32 operations round as the array's do; see float-sums.wat. */
interface FloatSums {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  addUp(own: number, other: number, base: number, step: number, inner: number, count: number, sums: number): void;
}

const PAGE_BYTES = 65536;

let loaded: FloatSums | null = null;

function load(): FloatSums {
  if (!loaded) {
    const module = new WebAssembly.Module(Buffer.from(FLOAT_SUMS_WASM, 'base64'));
    loaded = new WebAssembly.Instance(module).exports as FloatSums;
  }
  return loaded;
}

/** The module's memory as elements; made anew when it grows. */
let floats = new Float32Array(0);
let words = new Int32Array(0);

/** Whose operand the memory holds: all faults share it. */
let owner: SumMemory | null = null;

/** A layout of the module's memory for products of some size: a line of factors, the other operand, and sums. */
export class SumMemory {
  readonly #sums = load();
  /** Where the other operand and the sums begin, in elements; the line lies at 0. */
  readonly #other: number;
  readonly #results: number;
  #last: Float32Array | null = null;
  #lastFrom = 0;
  #lastEnd = 0;

  /** @param inner elements of the line; `other` and `results` count elements too */
  constructor(inner: number, other: number, results: number) {
    this.#other = inner;
    this.#results = inner + other;
    const { memory } = this.#sums;
    const missing = Math.ceil((4 * (this.#results + results)) / PAGE_BYTES) - memory.buffer.byteLength / PAGE_BYTES;
    if (missing > 0) memory.grow(missing);
    if (floats.buffer === memory.buffer) return;
    floats = new Float32Array(memory.buffer);
    words = new Int32Array(memory.buffer);
  }

  /** Take the line whose elements are the left factors, as bits. */
  setLine(line: Int32Array): void {
    words.set(line);
  }

  /** Take elements `from` to `end` − 1 of the other operand, unless they are there from before. */
  setOther(other: Float32Array, from: number, end: number): void {
    if (owner === this && this.#last === other && from >= this.#lastFrom && end <= this.#lastEnd) return;
    // As numbers: a NaN may change its bits, but it is one whatever these are.
    floats.set(from === 0 && end === other.length ? other : other.subarray(from, end), this.#other + from);
    owner = this;
    this.#last = other;
    this.#lastFrom = from;
    this.#lastEnd = end;
  }

  /** What sum n of the next `addUp` begins with. */
  begin(n: number, sum: number): void {
    floats[this.#results + n] = sum;
  }

  /** Sum n after `addUp`. */
  sum(n: number): number {
    return floats[this.#results + n]!;
  }

  /** Sum n of `count` takes element `first` + n·base + k·step of the other operand for each k of the line. */
  addUp(first: number, base: number, step: number, inner: number, count: number): void {
    this.#sums.addUp(0, 4 * (this.#other + first), 4 * base, 4 * step, inner, count, 4 * this.#results);
  }
}
