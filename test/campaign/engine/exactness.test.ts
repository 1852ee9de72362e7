import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { functionalBackend } from '../../../src/backend/functional.ts';
import type { CampaignFault } from '../../../src/campaign/campaign-fault.ts';
import { CampaignEngine, type EngineOptions } from '../../../src/campaign/engine/engine.ts';
import { PlainEngine } from '../../../src/campaign/engine/plain-engine.ts';
import type { Outcome } from '../../../src/campaign/outcome.ts';
import { openData } from '../../../src/data/open-data.ts';
import { openModel } from '../../../src/onnx/file/model.ts';
import { compatibleLayers } from '../../../src/onnx/graph/layers.ts';
import type { Lowering } from '../../../src/onnx/lowering/lowering.ts';
import type { ArraySpec } from '../../../src/spec/array-spec.ts';
import { formatFault } from '../../../src/spec/format.ts';
import { designOf, MATRICES } from '../../design/support/arrays.ts';
import { type DataFile, DIGITS, fileAt, LENET, MNIST } from '../support/models.ts';
import { CampaignFaults } from './support/campaign-faults.ts';

const INT8 = { a: 'int8', b: 'int8', c: 'int32' } as const;
const MIXED = { a: 'uint8', b: 'int8', c: 'int32' } as const;
const NARROW = { a: 'int8', b: 'int8', c: 'uint16' } as const;
const SINGLE = { a: 'float32', b: 'float32', c: 'float32' } as const;

interface Case {
  readonly name: string;
  readonly model: string;
  readonly data?: DataFile;
  readonly types: ArraySpec['types'];
  readonly matrix: keyof typeof MATRICES;
  readonly size?: ArraySpec['size'];
  readonly stages?: number;
  /** A convolution and two products when left out, all that fit the array when empty. */
  readonly layers?: readonly string[];
  readonly lowering?: Lowering;
  readonly faults: number;
  /** Places of the images; two when left out. */
  readonly images?: readonly number[];
}

const EIGHT: ArraySpec['size'] = [8, 8, 8];

const SOME = ['conv2', 'fc2', 'fc3'];
const SMALL = ['fc2', 'fc3'];

const QLINEAR = 'examples/digits/digits-qlinear.onnx';
const DYNAMIC = 'examples/digits/digits-convinteger.onnx';
const FLOAT = 'examples/digits/digits-float32.onnx';

const CASES: readonly Case[] = [
  { name: 'a quantised model', model: QLINEAR, types: INT8, matrix: 'output_stationary', layers: [], faults: 120 },
  { name: 'rows that stay', model: QLINEAR, types: MIXED, matrix: 'row_stationary', faults: 120 },
  { name: 'columns that stay', model: QLINEAR, types: INT8, matrix: 'col_stationary', size: [7, 5, 9], faults: 120 },
  { name: 'nothing that stays', model: QLINEAR, types: INT8, matrix: 'no_local_reuse', layers: SMALL, faults: 400 },
  {
    name: 'product registers and sums that wrap',
    model: QLINEAR,
    types: NARROW,
    matrix: 'output_stationary',
    stages: 1,
    layers: ['conv2', 'fc3'],
    faults: 120,
  },
  {
    name: 'thousands of faults',
    model: QLINEAR,
    types: INT8,
    matrix: 'output_stationary',
    layers: ['fc3'],
    faults: 2500,
  },
  {
    name: 'many images in a batch',
    model: QLINEAR,
    types: INT8,
    matrix: 'output_stationary',
    layers: ['conv2', 'fc2'],
    faults: 60,
    images: Array.from({ length: 24 }, (_, n) => 2 * n),
  },
  { name: 'a scale per batch', model: DYNAMIC, types: MIXED, matrix: 'output_stationary', faults: 120 },
  { name: 'floating point', model: FLOAT, types: SINGLE, matrix: 'output_stationary', faults: 60 },
  {
    name: 'floating point, rows that stay',
    model: FLOAT,
    types: SINGLE,
    matrix: 'row_stationary',
    layers: SMALL,
    faults: 200,
  },
  {
    name: 'floating point, columns that stay',
    model: FLOAT,
    types: SINGLE,
    matrix: 'col_stationary',
    layers: SMALL,
    faults: 200,
  },
  {
    name: 'floating point, nothing that stays',
    model: FLOAT,
    types: SINGLE,
    matrix: 'no_local_reuse',
    layers: SMALL,
    faults: 150,
  },
  {
    name: 'products that take the sums of others',
    model: QLINEAR,
    types: INT8,
    matrix: 'output_stationary',
    layers: ['conv2'],
    lowering: 'single_channel',
    faults: 40,
  },
  {
    name: 'products that take the sums of others, floating point',
    model: FLOAT,
    types: SINGLE,
    matrix: 'col_stationary',
    layers: ['conv2'],
    lowering: 'kernel_column',
    faults: 10,
  },
  {
    name: 'a group of products for each channel',
    model: QLINEAR,
    types: INT8,
    matrix: 'row_stationary',
    layers: ['conv2'],
    lowering: 'direct',
    faults: 40,
  },
  {
    name: 'LeNet, quantised',
    model: `${LENET}qop-std-u8u8.onnx`,
    data: MNIST,
    types: INT8,
    matrix: 'output_stationary',
    layers: ['conv2_quant', 'fc1_mm_quant'],
    faults: 40,
  },
  {
    name: 'LeNet, floating point',
    model: `${LENET}float32.onnx`,
    data: MNIST,
    types: SINGLE,
    matrix: 'output_stationary',
    size: [16, 16, 16],
    layers: ['conv2', 'fc1'],
    faults: 40,
  },
];

const IMAGES = [3, 17];

/** What is told apart: whether faults fire, where they are masked, and what comes out. */
function classesOf(outcomes: readonly (readonly Outcome[])[]): Set<string> {
  return new Set(outcomes.flat().map(({ fired, stage, sdc1 }) => `${fired} ${stage} ${sdc1}`));
}

/** The stage behind the layer is told by the engine alone. */
function comparable(outcome: Outcome): Outcome {
  const isBehind = outcome.stage === 'activation' || outcome.stage === 'later';
  return { ...outcome, maskedBefore: null, stage: isBehind ? 'outputs' : outcome.stage };
}

/** Compare fault by fault, so that a difference names the first of them. */
function expectSame(
  faults: readonly CampaignFault[],
  found: readonly Outcome[][],
  expected: readonly Outcome[][],
): void {
  for (const [n, { fault, layer, channel, product }] of faults.entries()) {
    const of = { n, fault: formatFault(fault.spec), layer, channel, product };
    expect({ ...of, outcomes: found[n] }).toEqual({ ...of, outcomes: expected[n] });
  }
}

describe('the campaign engine', () => {
  for (const {
    name,
    model: path,
    data = DIGITS,
    types,
    matrix,
    size = EIGHT,
    layers: wanted = SOME,
    ...rest
  } of CASES) {
    const isThere = existsSync(fileAt(path)) && existsSync(fileAt(data.images));
    it.skipIf(!isThere)(`gives the outcomes of plain runs: ${name}`, async () => {
      const model = await openModel(fileAt(path));
      const source = await openData(fileAt(data.images), { preprocess: data.preprocess });
      const design = designOf({
        matrix: MATRICES[matrix]!,
        types,
        size,
        multiplierStages: rest.stages ?? 0,
        faultSlots: 0,
      });
      const layers = wanted.length > 0 ? wanted : compatibleLayers(model).map((layer) => layer.name);
      const [input] = model.inputs;
      const options: EngineOptions = {
        model,
        backend: functionalBackend(design),
        layers,
        lowering: rest.lowering ?? 'im2col',
        images: rest.images ?? IMAGES,
        read: (places) => Promise.all(places.map(async (place) => ({ [input!.name]: await source.read(place, 1) }))),
      };
      const engine = await CampaignEngine.open(options);
      const faults = new CampaignFaults(design, engine.layers, 11);
      const drawn = Array.from({ length: rest.faults }, (_, n) => faults.draw(n));
      const found = await engine.run(drawn);
      const plain = new PlainEngine(options);
      const expected = await plain.run(drawn);
      expectSame(
        drawn,
        found.map((own) => own.map(comparable)),
        expected,
      );
      expect(classesOf(found).size).toBeGreaterThan(3);
      await engine.close();
      await plain.close();
      // Image by image where memory is short, and with the tiles that a fault reaches on a backend: the same again.
      const others = [{ memoryBytes: 1 }, { faultyBackend: functionalBackend(design) }];
      for (const other of others) {
        const again = await CampaignEngine.open({ ...options, ...other });
        const some = drawn.slice(0, 30);
        expectSame(some, await again.run(some), found);
        await again.close();
      }
      await source.close();
    });
  }
});
