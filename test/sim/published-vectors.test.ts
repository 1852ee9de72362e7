import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { cycleBackend, functionalBackend } from '../../src/backend/functional.ts';
import { type Dtype, dtypeInfo } from '../../src/dtype/dtype.ts';
import { elementStore } from '../../src/dtype/element-store.ts';
import { floatBits } from '../../src/dtype/float-bits.ts';
import { resolveFault } from '../../src/fault/resolve.ts';
import type { Matrix3 } from '../../src/projection/space-time.ts';
import { parseFault } from '../../src/spec/parse.ts';
import { allocate, bitsOf, tensor } from '../../src/tensor/tensor.ts';
import { designOf } from '../design/support/arrays.ts';

/** Results of the published Python simulator (flauers), kept where they agree with a register-level model. */
const VECTORS = fileURLToPath(new URL('../../../shared/conformance/flauers-vectors/', import.meta.url));

interface Vector {
  readonly id: string;
  readonly T: Matrix3;
  readonly types: { readonly a: Dtype; readonly b: Dtype; readonly c: Dtype };
  readonly size: readonly [number, number, number];
  readonly fault: { kind: string; line: string; x: number; y: number; bit: number } | null;
  readonly A: Element[][];
  readonly B: Element[][];
  readonly C: Element[][];
}

/** An integer as a number, a floating-point number as the hexadecimal text of its bits. */
type Element = number | string;

function matrix(type: Dtype, rows: Element[][]) {
  const data = allocate(type, rows.length * rows[0]!.length);
  const { write } = elementStore(type);
  const { float } = dtypeInfo(type);
  for (const [at, element] of rows.flat().entries()) {
    write(data, at, float ? floatBits(float).fromBits(BigInt(element)) : BigInt(element));
  }
  return tensor(type, [rows.length, rows[0]!.length], data);
}

describe.skipIf(!existsSync(VECTORS))('the published vectors (skipped when they are absent)', () => {
  describe.each(['int8', 'int16', 'float32', 'float64'])('of %s', (file) => {
    const vectors = existsSync(VECTORS)
      ? (JSON.parse(readFileSync(`${VECTORS}${file}.json`, 'utf8')) as readonly Vector[])
      : [];

    test.each([
      ['functional', functionalBackend],
      ['cycle', cycleBackend],
    ] as const)('hold on the %s simulator', async (_, open) => {
      expect(vectors.length).toBeGreaterThan(30);
      for (const { id, T, types, size, fault, A, B, C } of vectors) {
        const design = designOf({ matrix: T, types, size });
        const faults = fault
          ? [
              resolveFault(
                design,
                parseFault(`${fault.kind} bit ${fault.bit} of ${fault.line} at (${fault.x}, ${fault.y})`),
              ),
            ]
          : [];
        const { result } = await open(design).matmul({ a: matrix(types.a, A), b: matrix(types.b, B) }, { faults });
        const expected = matrix(types.c, C);
        expect({ id, ...result, data: bitsOf(result.data) }).toEqual({ id, ...expected, data: bitsOf(expected.data) });
      }
    });
  });
});
