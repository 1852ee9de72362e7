import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { functionalBackend } from '../../src/backend/functional.ts';
import { buildDesign } from '../../src/design/build-design.ts';
import type { Design } from '../../src/design/design.ts';
import { ModelError } from '../../src/errors.ts';
import { type OnnxModel, openModel } from '../../src/onnx/file/model.ts';
import { LOWERINGS } from '../../src/onnx/lowering/lowering.ts';
import { planLayers } from '../../src/onnx/plan/plan-layers.ts';
import { zeroInputs } from '../../src/onnx/plan/zero-inputs.ts';
import { replaceLayers } from '../../src/onnx/run/replace-layers.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { elementCount, tensor } from '../../src/tensor/tensor.ts';
import { buildModel, type GraphParts, graph, info, node, values } from './support/build-model.ts';
import { convCases, convIntegerModel } from './support/conv-cases.ts';
import { convModel, floatConvCases } from './support/float-conv-cases.ts';

const DIGITS = fileURLToPath(new URL('../../examples/digits/', import.meta.url));

const ARRAYS = parseSpec(
  `
  array col { size 8 x 4 x 6; projection col_stationary; types a: uint8, b: int8, c: int32 }
  array hex { size 3 x 2 x 4; projection no_local_reuse; types a: int8, b: int8, c: int32 }
  array single { size 2 x 3 x 5; projection output_stationary; types a: float32, b: float32; multiplier_stages 1 }
  `,
  'plan-layers.array',
).arrays;

function designOf(name: string): Design {
  return buildDesign(ARRAYS.find((array) => array.name === name)!);
}

/** Plan a model with every lowering and compare with what runs on zeros of the same shapes report. */
async function expectPlanOfRuns(model: OnnxModel, design: Design, shapes: Readonly<Record<string, readonly number[]>>) {
  const { layers, totals } = await planLayers(model, design, { shapes });
  for (const lowering of LOWERINGS) {
    const replaced = await replaceLayers(model, { backend: functionalBackend(design), lowering });
    const { layers: reports } = await replaced.run(zeroInputs(model, { shapes }));
    await replaced.close();
    for (const report of reports) {
      const { plans } = layers.find(({ name }) => name === report.name)!;
      const plan = plans.find((one) => one.lowering === report.lowering)!;
      expect({ macs: plan.macs, tiles: plan.stats.tiles, cycles: plan.stats.cycles }).toEqual({
        macs: report.macs,
        tiles: report.stats.tiles,
        cycles: report.stats.cycles,
      });
      expect(plan.products.reduce((sum, { count }) => sum + count, 0)).toBe(report.products);
      expect(plan.stats.utilisation).toBeCloseTo(report.stats.utilisation, 12);
      expect(plan.stats.effectiveUtilisation).toBeCloseTo(report.stats.effectiveUtilisation, 12);
      expect(plan.stats.utilisationBound).toBe(report.stats.utilisationBound);
    }
    const total = totals.find((one) => one.lowering === lowering)!;
    expect(total.stats.cycles).toBe(reports.reduce((sum, { stats }) => sum + stats.cycles, 0));
    expect(total.macs).toBe(reports.reduce((sum, { macs }) => sum + macs, 0));
  }
}

describe('a plan says what runs report', () => {
  it.each(['col', 'hex'])('of random integer convolutions on array %s', async (array) => {
    const types = [['uint8', 'int8']] as const;
    for (const kernelSide of [1, 3]) {
      for (const conv of fc.sample(convCases({ types, kernelSide }), { numRuns: 12, seed: 5 })) {
        await expectPlanOfRuns(convIntegerModel(conv), designOf(array), { x: conv.data.shape });
      }
    }
  });

  it('of random floating-point convolutions', async () => {
    for (const conv of fc.sample(floatConvCases('float32', 'plain'), { numRuns: 15, seed: 6 })) {
      await expectPlanOfRuns(convModel(conv), designOf('single'), { x: conv.data.shape });
    }
  });

  it.each([
    ['digits-qlinear.onnx', 'col'],
    ['digits-convinteger.onnx', 'hex'],
    ['digits-float32.onnx', 'single'],
  ])('of the layers of %s on array %s', async (file, array) => {
    await expectPlanOfRuns(await openModel(DIGITS + file), designOf(array), { input: [2, 1, 28, 28] });
  });
});

/** A Conv whose data are computed, behind inputs of the given shapes. */
function model(shape: readonly (number | string)[], more: Partial<GraphParts> = {}): OnnxModel {
  return buildModel({
    nodes: [node('Mul', ['x', 'two'], ['t']), node('Conv', ['t', 'w'], ['y'], {}, { name: 'conv' })],
    inputs: [info('x', 'float32', shape)],
    outputs: [info('y', 'float32', ['N', 'C', 'H', 'W'])],
    constants: { two: values('float32', [], [2]), w: tensor('float32', [3, 2, 2, 2]) },
    ...more,
  });
}

describe('the shapes of a plan', () => {
  const design = designOf('single');

  it.each([
    ['the model’s', [4, 2, 5, 5], {}, [4, 2, 5, 5]],
    ['a batch, and 1 where nothing is said', ['N', 2, 5, 5], { batch: 3 }, [3, 2, 5, 5]],
    ['one image without a batch', ['N', 2, 5, 5], {}, [1, 2, 5, 5]],
    ['given ones', ['N', 2, 'H', 'W'], { shapes: { x: [2, 2, 7, 3] } }, [2, 2, 7, 3]],
  ])('are %s', async (_, declared, sizes, shape) => {
    const { inputs, layers } = await planLayers(model(declared), design, { ...sizes, lowerings: ['im2col'] });
    expect(inputs).toEqual([{ name: 'x', shape }]);
    const [batch, , height, width] = shape as [number, number, number, number];
    expect(layers[0]!.plans[0]!.products).toEqual([{ m: (height - 1) * (width - 1), k: 8, n: 3, count: batch }]);
  });

  it('agree in symbolic lengths of several inputs', () => {
    const two = model(['N', 2, 'S', 5], {
      inputs: [info('x', 'float32', ['N', 2, 'S', 5]), info('z', 'float32', ['S', 'N'])],
    });
    const sizesOf = (sizes: Parameters<typeof zeroInputs>[1]) =>
      Object.values(zeroInputs(two, sizes)).map(({ shape, data }) => [shape, elementCount(shape) === data.length]);
    expect(sizesOf({ batch: 4, shapes: { z: [6, 4] } })).toEqual([
      [[4, 2, 6, 5], true],
      [[6, 4], true],
    ]);
  });

  it('belong to the layers that can run on the array; others say why not', async () => {
    const { layers, totals } = await planLayers(model(['N', 2, 5, 5]), designOf('col'));
    expect(layers).toMatchObject([{ name: 'conv', compatible: false, plans: [] }]);
    expect(layers[0]!.reason).toMatch(/^its float32 numbers need an array with float32 as a and b/);
    expect(totals.map(({ stats }) => stats.cycles)).toEqual([0, 0, 0, 0]);
  });

  it.each<[string, OnnxModel, Parameters<typeof planLayers>[2], string]>([
    [
      'a batch for which there is no axis',
      model([1, 2, 5, 5]),
      { batch: 2 },
      'no input of test.onnx leaves its first axis open to a batch',
    ],
    [
      'a shape of no input',
      model([1, 2, 5, 5]),
      { shapes: { z: [1] } },
      "input 'z' is not an input of test.onnx; its inputs are x",
    ],
    [
      'a shape that the model does not have',
      model(['N', 2, 5, 5]),
      { shapes: { x: [1, 3, 5, 5] } },
      "input 'x' must have shape [N,2,5,5], not [1,3,5,5]",
    ],
    [
      'an input of unknown rank',
      model([], { inputs: [unranked('x')] }),
      {},
      "input 'x' of test.onnx declares no shape, so one must be given",
    ],
  ])('are refused: %s', async (_, refused, sizes, message) => {
    await expect(planLayers(refused, design, sizes)).rejects.toThrow(new ModelError(message));
  });

  it('are not sought inside branches, whose layers stay in ONNX Runtime', async () => {
    const branch = (name: string) =>
      graph({ nodes: [node('Conv', ['t', 'w'], [name])], outputs: [info(name, 'float32', ['N', 'C', 'H', 'W'])] });
    const branching = model(['N', 2, 5, 5], {
      nodes: [
        node('Mul', ['x', 'two'], ['t']),
        node('If', ['yes'], ['u'], { then_branch: branch('then'), else_branch: branch('else') }, { name: 'either' }),
        node('Conv', ['u', 'v'], ['y'], {}, { name: 'conv' }),
      ],
      constants: {
        two: values('float32', [], [2]),
        yes: values('bool', [], [1]),
        w: tensor('float32', [3, 2, 2, 2]),
        v: tensor('float32', [1, 3, 1, 1]),
      },
    });
    const { layers } = await planLayers(branching, design, { lowerings: ['direct'] });
    expect(layers.map(({ op, reason, plans }) => [op, reason, plans.map(({ products }) => products)])).toEqual([
      ['Conv', "it lies inside If 'either', which runs as a whole", []],
      ['Conv', "it lies inside If 'either', which runs as a whole", []],
      ['Conv', null, [[{ m: 1, k: 3, n: 16, count: 1 }]]],
    ]);
  });

  it('may be too small for a layer, which says so', async () => {
    const { layers } = await planLayers(model(['N', 2, 'H', 'W']), design);
    expect(layers).toMatchObject([
      {
        compatible: false,
        reason: 'a kernel of [2,2] with dilations [1,1] does not fit in data of [1,1]',
        plans: [],
      },
    ]);
  });

  it('are named when ONNX Runtime cannot run the model on them', async () => {
    const nodes = [node('Conv', ['x', 'w'], ['t']), node('Conv', ['t', 'v'], ['y'])];
    const constants = { w: tensor('float32', [3, 2, 2, 2]), v: tensor('float32', [1, 3, 2, 2]) };
    await expect(planLayers(model(['N', 2, 'H', 'W'], { nodes, constants }), design)).rejects.toThrow(
      /^ONNX Runtime cannot run test\.onnx: .*; this was with zeros as x \[1,2,1,1\]$/,
    );
  });
});

/** Declare a float32 value of unknown rank. */
function unranked(name: string) {
  const value = info(name, 'float32', []);
  delete (value.type!.tensorType as { shape?: unknown }).shape;
  return value;
}
