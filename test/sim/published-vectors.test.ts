import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { cycleBackend, functionalBackend } from '../../src/backend/functional.ts';
import type { Dtype } from '../../src/dtype/dtype.ts';
import { resolveFault } from '../../src/fault/resolve.ts';
import type { Matrix3 } from '../../src/projection/space-time.ts';
import { parseFault } from '../../src/spec/parse.ts';
import { allocate, tensor } from '../../src/tensor/tensor.ts';
import { designOf } from '../design/support/arrays.ts';

/** Results of the published Python simulator (flauers), kept where they agree with a register-level model. */
const VECTORS = fileURLToPath(new URL('../../../shared/conformance/flauers-vectors/', import.meta.url));

interface Vector {
  readonly id: string;
  readonly T: Matrix3;
  readonly types: { readonly a: Dtype; readonly b: Dtype; readonly c: Dtype };
  readonly size: readonly [number, number, number];
  readonly fault: { kind: string; line: string; x: number; y: number; bit: number } | null;
  readonly A: number[][];
  readonly B: number[][];
  readonly C: number[][];
}

function matrix(type: Dtype, rows: number[][]) {
  const data = allocate(type, rows.length * rows[0]!.length);
  rows.flat().forEach((value, n) => {
    data[n] = (type === 'int64' ? BigInt(value) : value) as never;
  });
  return tensor(type, [rows.length, rows[0]!.length], data);
}

describe.skipIf(!existsSync(VECTORS))('the published vectors (skipped when they are absent)', () => {
  describe.each(['int8', 'int16'])('of %s', (file) => {
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
        expect({ id, result }).toEqual({ id, result: matrix(types.c, C) });
      }
    });
  });
});
