import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionalBackend } from '../../../src/backend/functional.ts';
import type { CampaignFault } from '../../../src/campaign/campaign-fault.ts';
import { CampaignEngine } from '../../../src/campaign/engine/engine.ts';
import { randomStream } from '../../../src/check/random.ts';

import { type Tensor, tensor } from '../../../src/tensor/tensor.ts';
import { designOf, MATRICES } from '../../design/support/arrays.ts';
import { buildModel, info, node } from '../../onnx/support/build-model.ts';
import { CampaignFaults } from './support/campaign-faults.ts';

const SIDE = 8;

// y = x·W goes two ways: r = max(y, 0) through `left`, and q = y cut to −8 … 8 through `right`; the sum of both is cut again.
const MODEL = buildModel({
  nodes: [
    node('MatMul', ['x', 'w'], ['y'], {}, { name: 'first' }),
    node('Relu', ['y'], ['r']),
    node('MatMul', ['r', 'u'], ['p'], {}, { name: 'left' }),
    node('Clip', ['y', 'low', 'high'], ['q']),
    node('MatMul', ['q', 'v'], ['s'], {}, { name: 'right' }),
    node('Add', ['p', 's'], ['t']),
    node('Clip', ['t', 'low', 'high'], ['out']),
  ],
  inputs: [info('x', 'float32', ['N', SIDE])],
  outputs: [info('out', 'float32', ['N', SIDE])],
  constants: {
    w: whole('w', [SIDE, SIDE], 3),
    u: sparse('u'),
    v: sparse('v'),
    low: tensor('float32', [], Float32Array.of(-8)),
    high: tensor('float32', [], Float32Array.of(8)),
  },
});

const IMAGES = [0, 1, 2];

function whole(purpose: string, shape: readonly number[], most: number): Tensor {
  const random = randomStream(1, purpose);
  const length = shape.reduce((product, side) => product * side, 1);
  return tensor(
    'float32',
    shape,
    Float32Array.from({ length }, () => random.int(-most, most)),
  );
}

/** Most rows are zero: what a fault changes there goes no further. */
function sparse(purpose: string): Tensor {
  const weights = whole(purpose, [SIDE, SIDE], 2);
  (weights.data as Float32Array).fill(0, SIDE * 3);
  return weights;
}

const imageOf = (place: number) => whole(`image ${place}`, [1, SIDE], 3);
const weightsOf = (name: string) => MODEL.graph.initializer.find((own) => own.name === name)!;

/** What the rest of the model makes of y; all numbers are whole and small, so exact, or the same NaN and infinities. */
function valuesBehind(y: readonly number[]) {
  const cut = (value: number) => (Number.isNaN(value) ? value : Math.min(8, Math.max(-8, value)));
  const times = (row: readonly number[], name: string) => {
    const weights = sparse(name).data as Float32Array;
    expect(weightsOf(name).dims).toEqual([BigInt(SIDE), BigInt(SIDE)]);
    return Array.from({ length: SIDE }, (_, j) =>
      row.reduce((sum, value, k) => Math.fround(sum + Math.fround(value * weights[k * SIDE + j]!)), 0),
    );
  };
  const r = y.map((value) => (Number.isNaN(value) ? value : Math.max(value, 0)));
  const q = y.map(cut);
  const [p, s] = [times(r, 'u'), times(q, 'v')];
  return { y, r, q, p, s, out: p.map((value, at) => cut(Math.fround(value + s[at]!))) };
}

type Behind = ReturnType<typeof valuesBehind>;

/** From where on all is as without the fault, by the definition; null where the output is not. */
function expectedStage(clean: Behind, faulty: Behind): readonly [stage: string, before: string | null] | null {
  const same = (...names: (keyof Behind)[]) =>
    names.every((name) => faulty[name].every((value, at) => value === clean[name][at]));
  if (!same('out')) return null;
  if (same('y')) return ['array', null];
  // In the order of the file: r, p, q, s. While y or r is needed and wrong, nothing is as it was.
  if (same('p', 'q')) return ['later', 'right'];
  return ['outputs', null];
}

describe('in a model with branches', () => {
  const design = designOf({
    matrix: MATRICES['output_stationary']!,
    types: { a: 'float32', b: 'float32', c: 'float32' },
    size: [4, 4, 4],
    faultSlots: 0,
  });
  const backend = functionalBackend(design);
  let engine: CampaignEngine;

  beforeAll(async () => {
    const read = async (places: readonly number[]) => places.map((place) => ({ x: imageOf(place) }));
    engine = await CampaignEngine.open({
      model: MODEL,
      backend,
      layers: ['first'],
      lowering: 'im2col',
      images: IMAGES,
      read,
    });
  });

  afterAll(() => engine.close());

  async function behind(place: number, { fault }: CampaignFault): Promise<[clean: Behind, faulty: Behind]> {
    const job = { a: imageOf(place), b: whole('w', [SIDE, SIDE], 3) };
    const [clean, faulty] = [await backend.matmul(job), await backend.matmul(job, { faults: [fault] })];
    return [
      valuesBehind([...(clean.result.data as Float32Array)]),
      valuesBehind([...(faulty.result.data as Float32Array)]),
    ];
  }

  it('a fault is masked only where no branch needs what it changed', async () => {
    const faults = new CampaignFaults(design, engine.layers, 5);
    const drawn = Array.from({ length: 600 }, (_, n) => faults.draw(n)).filter(
      ({ channel, product }) => channel === null && product === null,
    );
    const found = await engine.run(drawn);
    const seen = new Map<string, number>();
    for (const [n, fault] of drawn.entries()) {
      for (const [at, place] of IMAGES.entries()) {
        const { fired, stage, maskedBefore } = found[n]![at]!;
        const [clean, faulty] = await behind(place, fault);
        const expected = fired ? expectedStage(clean, faulty) : null;
        expect({ n, place, stage, maskedBefore }).toEqual({
          n,
          place,
          stage: expected?.[0] ?? null,
          maskedBefore: expected?.[1] ?? null,
        });
        if (expected) seen.set(expected[0], (seen.get(expected[0]) ?? 0) + 1);
      }
    }
    expect([...seen.keys()].sort()).toEqual(['array', 'later', 'outputs']);
  });
});
