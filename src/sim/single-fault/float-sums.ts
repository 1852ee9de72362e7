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

/** Take the line whose elements are the left factors, as bits. */
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
  if (used + data.length > KEPT_ELEMENTS && used > lineElements + sumElements) forget();
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

/** Set what sum n of the next `addUp` begins with. */
export function beginSum(n: number, sum: number): void {
  floats[lineElements + n] = sum;
}

/** Read sum n after `addUp`. */
export function sumAt(n: number): number {
  return floats[lineElements + n]!;
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
