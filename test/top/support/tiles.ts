import { type Random, randomStream } from '../../../src/check/random.ts';
import type { TileMatrices } from '../../../src/top/packets.ts';
import type { TopDesign } from '../../../src/top/top-design.ts';

/** A tile of an array of int8 × int8 + int32, and the R that the plain triple loop makes of it. */
export interface KnownTile {
  readonly matrices: TileMatrices;
  readonly result: Int32Array;
}

/** Draw tiles, some with a C and some without: tile n is a pure function of seed and n. */
export function drawTile(top: TopDesign, seed: number, n: number): KnownTile {
  const random = randomStream(seed, n);
  const [n1, n2, n3] = top.design.spec.size;
  const a = Int8Array.from({ length: n1 * n3 }, () => random.word());
  const b = Int8Array.from({ length: n3 * n2 }, () => random.word());
  const c = random.chance(1, 2) ? Int32Array.from({ length: n1 * n2 }, () => random.word()) : undefined;
  return { matrices: { a, b, c }, result: productOf(a, b, c, n1, n2, n3) };
}

/** Draw a gap that is legal after any tiles that started at multiples of the interval. */
export function drawGap(top: TopDesign, random: Random): number {
  return top.intervalCycles * random.int(1, 3);
}

function productOf(a: Int8Array, b: Int8Array, c: Int32Array | undefined, n1: number, n2: number, n3: number) {
  const result = c ? c.slice() : new Int32Array(n1 * n2);
  for (let i = 0; i < n1; i++) {
    for (let k = 0; k < n3; k++) {
      for (let j = 0; j < n2; j++) result[i * n2 + j]! += a[i * n3 + k]! * b[k * n2 + j]!;
    }
  }
  return result;
}
