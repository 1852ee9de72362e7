import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { openBackend, openRtl } from '../../src/backend/open.ts';
import { openTopBackend } from '../../src/backend/open-top.ts';
import { buildDesign } from '../../src/design/build-design.ts';
import type { Design } from '../../src/design/design.ts';
import { CastingError, FaultError, OperandError } from '../../src/errors.ts';
import { resolveFault } from '../../src/fault/resolve.ts';
import { parseFault, parseSpec } from '../../src/spec/parse.ts';
import { type Tensor, tensor } from '../../src/tensor/tensor.ts';

/** Every model of the machine keeps this contract; what one of them cannot do is skipped by name, with the reason. */
const MODELS: readonly { name: string; open: (design: Design) => Promise<Backend> }[] = [
  { name: 'functional', open: (design) => openBackend(design, 'functional') },
  { name: 'cycle', open: (design) => openBackend(design, 'cycle') },
  { name: 'rtl, structural', open: (design) => openRtl(design, { architecture: 'structural' }) },
  { name: 'rtl, rolled', open: (design) => openRtl(design, { architecture: 'rolled' }) },
  { name: 'top', open: (design) => openBackend(design, 'top') },
  {
    name: 'top, narrow and waiting at random',
    open: (design) => openTopBackend(design, { streamBits: 32, stalls: STALLS }),
  },
];

const STALLS = { seed: 1, input: 0.4, output: 0.4, registers: 0.2 };

const SPEC = parseSpec(
  `array os { size 3 x 2 x 4; projection output_stationary; types a: uint8, b: int8, c: int32; fault_slots 2 }`,
  'contract.array',
).arrays[0]!;

const A = matrix('uint8', [
  [1, 255, 3, 0, 7],
  [4, 5, 6, 128, 8],
]);
const B = matrix('int8', [
  [1, -128, 2],
  [-2, 127, 3],
  [3, 0, 4],
  [-4, 1, 5],
  [5, -1, 6],
]);
const C = matrix('int32', [
  [100, -100, 0],
  [2147483647, -2147483648, 1],
]);

function matrix(type: 'uint8' | 'int8' | 'int32' | 'float64' | 'int64', rows: readonly (readonly number[])[]): Tensor {
  const result = tensor(type, [rows.length, rows[0]!.length]);
  rows.flat().forEach((value, at) => {
    result.data[at] = type === 'int64' ? BigInt(value) : value;
  });
  return result;
}

/** The product worked out by hand-sized arithmetic, wrapped to 32 bits. */
function expected(withC: boolean): number[] {
  const result: number[] = [];
  for (let i = 0; i < 2; i++) {
    for (let j = 0; j < 3; j++) {
      let sum = withC ? Number(C.data[i * 3 + j]) : 0;
      for (let k = 0; k < 5; k++) sum += Number(A.data[i * 5 + k]) * Number(B.data[k * 3 + j]);
      result.push(sum | 0);
    }
  }
  return result;
}

describe.each(MODELS)('the $name model', ({ open }) => {
  const design = buildDesign(SPEC);
  let backend: Backend;
  beforeAll(async () => {
    backend = await open(design);
  });
  afterAll(() => backend.close());

  const fault = (text: string) => resolveFault(design, parseFault(text));

  it('computes A×B over several tiles in every dimension', async () => {
    const { result, stats, faults } = await backend.matmul({ a: A, b: B });
    expect([...result.data]).toEqual(expected(false));
    expect(result).toMatchObject({ type: 'int32', shape: [2, 3] });
    expect(faults).toEqual([]);
    expect(stats).toMatchObject({ tiles: 4, utilisationBound: 1 });
  });

  it('adds C and wraps modulo 2^32', async () => {
    const { result } = await backend.matmul({ a: A, b: B, c: C });
    expect([...result.data]).toEqual(expected(true));
  });

  it('takes operands of any element type whose values fit', async () => {
    const wide = { ...A, type: 'float64' as const, data: Float64Array.from(A.data as Uint8Array) };
    const { result } = await backend.matmul({ a: wide, b: B });
    expect([...result.data]).toEqual(expected(false));
  });

  it('changes what a fault reaches, and nothing else, and counts when it fired', async () => {
    const clean = (await backend.matmul({ a: A, b: B })).result.data as Int32Array;
    const { result, faults } = await backend.matmul(
      { a: A, b: B },
      { faults: [fault('set bits 0x7fffffff to 0x1234 of c at (2, 1)')] },
    );
    const changed = [...(result.data as Int32Array)].flatMap((value, at) => (value === clean[at] ? [] : [at]));
    // PE (2, 1) computes row 2 and, for the two tiles side by side, columns 1 and 3.
    expect(changed).toEqual([3, 5]);
    expect(faults[0]!.firedCycles).toBeGreaterThan(0);
  });

  it('leaves everything as it is under a fault that never changes a bit', async () => {
    const { result, faults } = await backend.matmul(
      { a: A, b: B },
      { faults: [fault('stuck_at_0 bit 31 of c_in at (3, 1) cycles =0')] },
    );
    expect([...result.data]).toEqual(expected(false));
    expect(faults[0]!.firedCycles).toBe(0);
  });

  it('refuses a value that does not fit, by name and index', async () => {
    const wrong = matrix('int64', [[1, 2, 3, 4, 256]]);
    await expect(backend.matmul({ a: wrong, b: B })).rejects.toThrow(
      new CastingError('A[0, 4] = 256 does not fit uint8 exactly'),
    );
    const fraction = matrix('float64', [[1, 2.5, 3, 4, 5]]);
    await expect(backend.matmul({ a: fraction, b: B })).rejects.toThrow(
      new CastingError('A[0, 1] = 2.5 does not fit uint8 exactly'),
    );
  });

  it('refuses shapes that do not go together', async () => {
    await expect(backend.matmul({ a: A, b: C })).rejects.toThrow(
      new OperandError('the inner dimensions of A (M×K) and B (K×N) must agree, received A 2×5 and B 2×3'),
    );
    await expect(backend.matmul({ a: A, b: B, c: A })).rejects.toThrow(
      new OperandError('C must be 2×3 like A×B, received 2×5'),
    );
    await expect(backend.matmul({ a: tensor('uint8', [5]), b: B })).rejects.toThrow(
      new OperandError('A must be a matrix (rank 2), received rank 1 with shape [5]'),
    );
  });

  it('refuses a window in a tile that the job does not have', async () => {
    await expect(
      backend.matmul({ a: A, b: B }, { faults: [fault('flip bit 0 of a at (1, 1) tile 4')] }),
    ).rejects.toThrow(
      new FaultError('fault "flip bit 0 of a at (1, 1) tile 4": the job has tiles 0 to 3, received tile 4'),
    );
  });

  it('stops when it is told to', async () => {
    const aborted = AbortSignal.abort(new Error('enough'));
    await expect(backend.matmul({ a: A, b: B }, { signal: aborted })).rejects.toThrow('enough');
  });

  it('reports progress up to all tiles', async () => {
    const seen: number[] = [];
    await backend.matmul({ a: A, b: B }, { onProgress: (done, total) => seen.push(done / total) });
    expect(seen.at(-1)).toBe(1);
  });
});

/** 256 PEs take long to compile one by one; one form of the top module stands for both. */
const LARGE = MODELS.filter(({ name }) => !['rtl, structural', 'top, narrow and waiting at random'].includes(name));

describe.each(LARGE)('the $name model', ({ open }) => {
  // At once: while the process of a simulation starts.
  it.each([0, 200])('stops %i ms after the start of a long job', async (delayMs) => {
    const backend = await open(buildDesign({ ...SPEC, size: [16, 16, 64] }));
    const long = { a: tensor('uint8', [1000, 1000]), b: tensor('int8', [1000, 1000]) };
    const control = new AbortController();
    const running = backend.matmul(long, { signal: control.signal });
    setTimeout(() => control.abort(new Error('enough')), delayMs);
    await expect(running).rejects.toThrow('enough');
    await backend.close();
  });
});

describe('the RTL', () => {
  it('refuses more faults than the array has slots', async () => {
    const design = buildDesign(SPEC);
    const backend = await openRtl(design, { architecture: 'rolled' });
    const faults = [1, 2, 3].map((bit) => resolveFault(design, parseFault(`flip bit ${bit} of a at (1, 1)`)));
    await expect(backend.matmul({ a: A, b: B }, { faults })).rejects.toThrow(
      new FaultError(
        'the RTL of array os takes as many faults at once as it has fault slots, 2, received 3; "fault_slots 3" in the array makes room',
      ),
    );
    await backend.close();
  });
});
