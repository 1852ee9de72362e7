import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { functionalBackend } from '../../../src/backend/functional.ts';
import type { CampaignFault } from '../../../src/campaign/campaign-fault.ts';
import { CampaignEngine, type ImageInputs } from '../../../src/campaign/engine/engine.ts';
import { PlainEngine } from '../../../src/campaign/engine/plain-engine.ts';
import type { Outcome } from '../../../src/campaign/outcome.ts';
import { drawFault } from '../../../src/check/draw-fault.ts';
import { trialRandom } from '../../../src/check/random.ts';
import { openData } from '../../../src/data/open-data.ts';
import type { Design } from '../../../src/design/design.ts';
import { resolveFault } from '../../../src/fault/resolve.ts';
import { openModel } from '../../../src/onnx/file/model.ts';
import type { Lowering } from '../../../src/onnx/lowering/lowering.ts';
import { PRESETS } from '../../../src/projection/space-time.ts';
import { planJob } from '../../../src/schedule/plan.ts';
import type { ArraySpec } from '../../../src/spec/array-spec.ts';
import { designOf, MATRICES } from '../../design/support/arrays.ts';

const file = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

const INT8 = { a: 'int8', b: 'int8', c: 'int32' } as const;
const SINGLE = { a: 'float32', b: 'float32', c: 'float32' } as const;
const DIGITS = { images: 'examples/digits/digits-images.npy', preprocess: undefined };
const MNIST = {
  images: '../shared/conformance/mnist/mnist-1000-images-idx3-ubyte.gz',
  preprocess: 'nchw, scale 1/255',
};

interface Case {
  readonly name: string;
  readonly model: string;
  readonly data: { readonly images: string; readonly preprocess: string | undefined };
  readonly types: ArraySpec['types'];
  readonly matrix: keyof typeof MATRICES;
  readonly size?: ArraySpec['size'];
  readonly layers: readonly string[];
  readonly lowering?: Lowering;
  readonly faults: number;
}

const LENET = '../shared/conformance/models/lenet-mnist-';

const CASES: readonly Case[] = [
  {
    name: 'a quantised model',
    model: 'examples/digits/digits-qlinear.onnx',
    data: DIGITS,
    types: INT8,
    matrix: 'output_stationary',
    layers: [],
    faults: 700,
  },
];

/** Draw a fault that acts in a layer as campaigns place them; now and then in one channel, or one product. */
function drawCampaignFault(design: Design, layers: number, n: number): CampaignFault {
  const random = trialRandom(11, n);
  const plan = planJob(design, 20, 20, 8);
  const drawn = drawFault(random, design, plan);
  const isLong = random.chance(1, 2);
  const window = isLong ? { from: 0, to: Number.POSITIVE_INFINITY, tile: null } : { ...drawn.window, tile: null };
  return {
    n,
    stratum: 0,
    layer: random.int(0, layers - 1),
    channel: random.chance(1, 5) ? random.int(0, 5) : null,
    product: random.chance(1, 5) ? 0 : null,
    fault: resolveFault(design, { ...drawn, window }),
  };
}

/** The stage behind the layer is told by the engine alone. */
function comparable(outcome: Outcome): Outcome {
  const isBehind = outcome.stage === 'activation' || outcome.stage === 'later';
  return { ...outcome, maskedBefore: null, stage: isBehind ? 'outputs' : outcome.stage };
}

describe('the campaign engine', () => {
  for (const {
    name,
    model: path,
    data,
    types,
    matrix,
    size = [8, 8, 8],
    layers: wanted,
    lowering = 'im2col',
    faults,
  } of CASES) {
    const isThere = existsSync(file(path)) && existsSync(file(data.images));
    it.skipIf(!isThere)(`gives the outcomes of plain runs: ${name}`, async () => {
      const model = await openModel(file(path));
      const source = await openData(file(data.images), { preprocess: data.preprocess });
      const design = designOf({ matrix: MATRICES[matrix] ?? PRESETS.output_stationary, types, size, faultSlots: 0 });
      const backend = functionalBackend(design);
      const { compatibleLayers } = await import('../../../src/onnx/graph/layers.ts');
      const layers = wanted.length > 0 ? wanted : compatibleLayers(model).map((layer) => layer.name);
      const images = [0, 3, 17];
      const [input] = model.inputs;
      const read = (places: readonly number[]): Promise<ImageInputs[]> =>
        Promise.all(places.map(async (place) => ({ [input!.name]: await source.read(place, 1) })));
      const options = { model, backend, layers, lowering, images, read };
      const engine = await CampaignEngine.open(options);
      const plain = new PlainEngine(options);
      const drawn = Array.from({ length: faults }, (_, n) => drawCampaignFault(design, layers.length, n));
      const found = await engine.run(drawn);
      const expected = await plain.run(drawn);
      for (const [n, fault] of drawn.entries()) {
        expect({ fault, outcomes: found[n]!.map(comparable) }).toEqual({ fault, outcomes: expected[n] });
      }
      const classes = new Set(found.flat().map(({ fired, stage, sdc1 }) => `${fired} ${stage} ${sdc1}`));
      expect(classes.size).toBeGreaterThan(4);
      await engine.close();
      await plain.close();
      await source.close();
    });
  }
});

void SINGLE;
void MNIST;
void LENET;
