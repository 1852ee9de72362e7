import type { Backend, MatmulJob, MatmulResult, RunOptions } from '../../../src/backend/backend.ts';
import type { Design } from '../../../src/design/design.ts';
import { type Dtype, integerRange } from '../../../src/dtype/dtype.ts';
import { CastingError } from '../../../src/errors.ts';
import type { ArraySpec } from '../../../src/spec/array-spec.ts';
import { allocate, tensor } from '../../../src/tensor/tensor.ts';

/** A backend that is nothing but the triple loop: no tiles, no faults; it counts products and refuses what does not fit. */
export interface PlainBackend extends Backend {
  readonly jobs: { readonly job: MatmulJob; readonly options: RunOptions }[];
  /** Added to every result, to see that results come from here. */
  disturbance: number;
}

export function plainBackend(a: Dtype, b: Dtype, c: Dtype): PlainBackend {
  const types: ArraySpec['types'] = { a, b, c };
  const jobs: PlainBackend['jobs'] = [];
  return {
    kind: 'functional',
    design: { spec: { types } } as unknown as Design,
    jobs,
    disturbance: 0,
    async matmul(job, options = {}) {
      jobs.push({ job, options });
      return multiply(job, options, types, this.disturbance);
    },
    async close() {},
  };
}

function multiply(job: MatmulJob, options: RunOptions, types: ArraySpec['types'], disturbance: number): MatmulResult {
  const [m = 0, k = 0] = job.a.shape;
  const [inner, n = 0] = job.b.shape;
  if (inner !== k) throw new Error(`A has ${k} columns, B ${inner} rows`);
  const a = numbers(job.a.data as Int8Array, types.a);
  const b = numbers(job.b.data as Int8Array, types.b);
  const c = job.c ? numbers(job.c.data as Int8Array, types.c) : null;
  if (job.c && `${job.c.shape}` !== `${[m, n]}`) throw new Error(`C is [${job.c.shape}], not [${[m, n]}]`);
  const wide = types.c === 'int64';
  const result = allocate(types.c, m * n) as Int32Array;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = disturbance + Number(c?.[i * n + j] ?? 0);
      for (let step = 0; step < k; step++) sum += a[i * k + step]! * b[step * n + j]!;
      result[i * n + j] = wide ? (BigInt(sum) as unknown as number) : sum;
    }
  }
  options.onProgress?.(1, 1);
  return {
    result: tensor(types.c, [m, n], result),
    faults: (options.faults ?? []).map((fault) => ({ fault, firedCycles: 2 })),
    stats: { tiles: 1, cycles: 10, utilisation: 0.5, effectiveUtilisation: 0.25, utilisationBound: 1 },
  };
}

function numbers(data: Int8Array, dtype: Dtype): readonly number[] {
  const { min, max } = integerRange(dtype);
  return Array.from(data, (value) => {
    if (value < min || value > max) throw new CastingError(`${value} does not fit ${dtype}`);
    return value;
  });
}
