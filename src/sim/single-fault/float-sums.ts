import { FLOAT_SUMS_WASM } from './float-sums-wasm.ts';

// What of WebAssembly is used here; its types come with browsers' alone.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** Adds up float32 products in WebAssembly, whose float32 operations round as the array's do; see float-sums.wat. */
interface FloatSums {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  addUp(own: number, other: number, step: number, inner: number, count: number, sums: number): void;
  addPast(
    a: number,
    b: number,
    step: number,
    inner: number,
    whole: number,
    stops: number,
    count: number,
    word: number,
    keep: number,
    toggle: number,
    out: number,
  ): number;
}

const PAGE_BYTES = 65536;

/** How many elements of operands are kept in the module's memory: 64 MiB. */
const KEPT_ELEMENTS = 1 << 24;

/** Elements for the line of factors and for the sums, at the beginning of the memory; they grow with what is asked for. */
let lineElements = 0;
let sumElements = 0;

let module: FloatSums | null = null;
let floats = new Float32Array(0);
let words = new Int32Array(0);

/** Where operands lie that were used before: as they are, or turned over. */
let places = { asIs: new WeakMap<Float32Array, number>(), turned: new WeakMap<Float32Array, number>() };
let used = 0;

/** Make room for lines and for sums of so many elements. */
export function reserveSums(line: number, sums: number): void {
  if (line <= lineElements && sums <= sumElements) return;
  lineElements = Math.max(line, lineElements);
  sumElements = Math.max(sums, sumElements);
  forget();
}

/** Take the line whose elements are the left factors, as bits; or the stops of a sum. */
export function setLine(line: Int32Array): void {
  words.set(line);
}

/**
 * Put a matrix of `rows` × `columns` into the module's memory, where it stays for the next call with the same storage.
 * @param turned whether columns are to lie one after the other instead of rows
 * @returns its place, for `addUp`
 */
export function placeOperand(data: Float32Array, rows: number, columns: number, turned: boolean): number {
  const known = (turned ? places.turned : places.asIs).get(data);
  if (known !== undefined) return known;
  if (used + data.length > KEPT_ELEMENTS) forget();
  return put(data, rows, columns, turned);
}

/** Put both factors of a product there as they are, for `addPast`. */
export function placeOperands(a: Float32Array, b: Float32Array): readonly [placeA: number, placeB: number] {
  const missing = [a, b].filter((data) => !places.asIs.has(data));
  // Together, so that neither has to go for the other.
  if (used + missing.reduce((sum, { length }) => sum + length, 0) > KEPT_ELEMENTS) forget();
  const [placeA, placeB] = [a, b].map((data) => places.asIs.get(data) ?? put(data, 1, data.length, false));
  return [placeA!, placeB!];
}

function put(data: Float32Array, rows: number, columns: number, turned: boolean): number {
  const place = used;
  used += data.length;
  ensure(used);
  // As numbers: a NaN may change its bits, but it is one whatever these are.
  if (!turned) floats.set(data, place);
  else {
    for (let row = 0, from = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, from++) floats[place + column * rows + row] = data[from]!;
    }
  }
  (turned ? places.turned : places.asIs).set(data, place);
  return place;
}

/** Set what the sums of the next `addUp` begin with: `count` elements from `first` on, `step` apart; zeros without any. */
export function beginSums(from: Float32Array | null, first: number, step: number, count: number): void {
  if (!from) floats.fill(0, lineElements, lineElements + count);
  else for (let n = 0; n < count; n++) floats[lineElements + n] = from[first + n * step]!;
}

/** Read sum n after `addUp`. */
export function sumAt(n: number): number {
  return floats[lineElements + n]!;
}

/** Read the bits of sum n; of every NaN the canonical ones. */
export function sumWordAt(n: number): number {
  const word = words[lineElements + n]!;
  return (word & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : word;
}

/** A sum that meets a fault: see `addPast` in float-sums.wat. */
export interface PastFault {
  /** Elements of the inner dimension, and with its padding. */
  readonly inner: number;
  readonly whole: number;
  /** Elements between two of a column of B. */
  readonly step: number;
  readonly keep: number;
  readonly toggle: number;
}

/**
 * Add up a sum past a fault.
 * @param a,b where its row of A and its column of B begin, in elements; `stops` lie at the beginning of the memory
 * @param word the bits that it begins with
 * @returns its bits, or null when the fault changes nothing
 */
export function addPast(
  { inner, whole, step, keep, toggle }: PastFault,
  a: number,
  b: number,
  stops: number,
  word: number,
): number | null {
  const out = 4 * lineElements;
  const acted = module!.addPast(4 * a, 4 * b, 4 * step, inner, whole, 0, stops, word, keep, toggle, out);
  return acted ? words[lineElements]! : null;
}

/** Sum n of `count` takes element `place` + n + k·step for each k of the first `inner` of the line. */
export function addUp(place: number, step: number, inner: number, count: number): void {
  module!.addUp(0, 4 * place, 4 * step, inner, count, 4 * lineElements);
}

function forget(): void {
  places = { asIs: new WeakMap(), turned: new WeakMap() };
  used = lineElements + sumElements;
  ensure(used);
}

/** Let the memory have so many elements. */
function ensure(elements: number): void {
  module ??= new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(FLOAT_SUMS_WASM, 'base64')))
    .exports as FloatSums;
  const { memory } = module;
  const pages = memory.buffer.byteLength / PAGE_BYTES;
  const needed = Math.ceil((4 * elements) / PAGE_BYTES);
  if (needed > pages) memory.grow(Math.max(needed - pages, pages));
  if (floats.buffer === memory.buffer) return;
  floats = new Float32Array(memory.buffer);
  words = new Int32Array(memory.buffer);
}
