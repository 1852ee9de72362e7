import { describe, expect, it } from 'vitest';
import { assembleFloatSums } from '../../../scripts/assemble-float-sums.ts';
import {
  addUp,
  beginSums,
  placeOperand,
  reserveSums,
  setLine,
  sumAt,
} from '../../../src/sim/single-fault/float-sums.ts';
import { FLOAT_SUMS_WASM } from '../../../src/sim/single-fault/float-sums-wasm.ts';

const COUNTS = [1, 3, 4, 5, 15, 16, 17, 23, 40] as const;

describe('the sums in WebAssembly', () => {
  it('are what their text assembles to', async () => {
    const held = [...(await assembleFloatSums()).matchAll(/'([A-Za-z0-9+/=]+)',/g)].map(([, line]) => line).join('');
    expect(held).toBe(FLOAT_SUMS_WASM);
  });

  it.each(COUNTS)('round each product and each sum of %i side by side as float32', (count) => {
    const inner = 37;
    const line = Float32Array.from({ length: inner }, (_, k) => Math.sin(k) * 10 ** (k % 9));
    const other = Float32Array.from({ length: inner * count }, (_, n) => Math.cos(n) * 10 ** (n % 7));
    reserveSums(inner, count);
    setLine(new Int32Array(line.buffer));
    for (const turned of [false, true]) {
      const [rows, columns] = turned ? [count, inner] : [inner, count];
      const place = placeOperand(other, rows, columns, turned);
      beginSums(
        Float32Array.from({ length: 2 * count }, (_, n) => n / 6),
        0,
        2,
        count,
      );
      addUp(place, count, inner, count);
      for (let n = 0; n < count; n++) {
        let sum = Math.fround(n / 3);
        for (let k = 0; k < inner; k++) {
          const factor = turned ? other[n * inner + k]! : other[k * count + n]!;
          sum = Math.fround(sum + Math.fround(line[k]! * factor));
        }
        expect(sumAt(n)).toBe(sum);
      }
    }
  });

  it('keep an operand in its place, and find it again after the memory was laid out anew', () => {
    const other = Float32Array.of(1, 2, 3, 4);
    reserveSums(2, 2);
    const place = placeOperand(other, 2, 2, false);
    expect(placeOperand(other, 2, 2, false)).toBe(place);
    reserveSums(5000, 7000);
    setLine(new Int32Array(Float32Array.of(10, 100).buffer));
    beginSums(null, 0, 1, 2);
    addUp(placeOperand(other, 2, 2, false), 2, 2, 2);
    expect([sumAt(0), sumAt(1)]).toEqual([310, 420]);
  });
});
