import { describe, expect, it } from 'vitest';
import { functionalBackend } from '../../src/backend/functional.ts';
import { FaultError, ModelError, SpecError } from '../../src/errors.ts';
import { LOWERINGS, type Lowering } from '../../src/onnx/lowering/lowering.ts';
import { type ReplacedModel, replaceLayers } from '../../src/onnx/run/replace-layers.ts';
import type { LayerTensors } from '../../src/onnx/run/run-stages.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { designOf } from '../design/support/arrays.ts';
import { pattern, twoConvsAndMatmul } from './support/two-convs.ts';

const DESIGN = designOf({ size: [4, 4, 4], types: { a: 'uint8', b: 'int8', c: 'int32' } });
const X = pattern('uint8', [2, 2, 6, 6]);
/** Line a brings it to every column of the array, line b to every row. */
const ON_A = 'flip bit 6 of a at (1, 1)';
const ON_B = 'flip bit 6 of b at (1, 1)';

const open = (lowering: Lowering = 'im2col') =>
  replaceLayers(twoConvsAndMatmul(lowering === 'direct' ? 1 : 3), { backend: functionalBackend(DESIGN), lowering });

/** Run, and list the sums of every layer. */
async function sumsOf(model: ReplacedModel): Promise<Record<string, Tensor>> {
  const seen: LayerTensors[] = [];
  await model.run({ x: X }, { onLayer: (tensors) => seen.push(tensors) });
  return Object.fromEntries(seen.map(({ layer, accumulator }) => [layer, accumulator]));
}

/** The sums of one output channel: of axis 1 in a convolution, of the last axis in a product. */
function channelOf({ shape, data }: Tensor, channel: number, axis: number): number[] {
  const inner = shape.slice(axis + 1).reduce((product, side) => product * side, 1);
  return [...(data as Int32Array)].filter((_, at) => Math.floor(at / inner) % shape[axis]! === channel);
}

describe('a fault that is placed in one layer', () => {
  it('acts in that layer and in no other', async () => {
    const model = await open();
    const clean = await sumsOf(model);
    model.addFault(ON_A, { layer: 'three' });
    const faulty = await sumsOf(model);
    expect(faulty['one']).toEqual(clean['one']);
    expect(faulty['two']).toEqual(clean['two']);
    expect(faulty['three']).not.toEqual(clean['three']);
    await model.close();
  });
});

describe.each(LOWERINGS)('a fault that is placed in one output channel, lowered by %s,', (lowering) => {
  it('shows there as if it acted everywhere, and nowhere else', async () => {
    const model = await open(lowering);
    const clean = await sumsOf(model);
    // Where weights come as rows, output channels are rows.
    const fault = lowering === 'direct' ? ON_B : ON_A;
    const everywhere = model.addFault(fault, { layer: 'one' });
    const faulty = await sumsOf(model);
    model.clearFault(everywhere);
    model.addFault(fault, { layer: 'one', channel: 1 });
    const placed = await sumsOf(model);
    expect(channelOf(placed['one']!, 1, 1)).toEqual(channelOf(faulty['one']!, 1, 1));
    expect(channelOf(placed['one']!, 0, 1)).toEqual(channelOf(clean['one']!, 0, 1));
    expect(channelOf(faulty['one']!, 1, 1)).not.toEqual(channelOf(clean['one']!, 1, 1));
    expect(channelOf(faulty['one']!, 0, 1)).not.toEqual(channelOf(clean['one']!, 0, 1));
    await model.close();
  });
});

describe('faults of a replaced model', () => {
  it('are columns of a product of matrices where they are channels', async () => {
    const model = await open();
    const clean = await sumsOf(model);
    model.addFault(ON_A, { layer: 'three', channel: 3 });
    const placed = await sumsOf(model);
    for (let column = 0; column < 5; column++) {
      const same = JSON.stringify(channelOf(placed['three']!, column, 3));
      const before = JSON.stringify(channelOf(clean['three']!, column, 3));
      expect(same === before, `column ${column}`).toBe(column !== 3);
    }
    await model.close();
  });

  it('act together in the order in which they came, until they are cleared', async () => {
    const model = await open();
    const clean = await model.run({ x: X });
    model.addFault('set bits 0xff to 0x0f of a at (1, 1)');
    const second = model.addFault('flip bit 7 of a at (1, 1)', { channel: 0 });
    const { layers } = await model.run({ x: X });
    expect(layers.map(({ faults }) => faults.map(({ layer, channel, fault }) => [layer, channel, fault.kind]))).toEqual(
      Array(3).fill([
        [null, null, 'set'],
        [null, 0, 'flip'],
      ]),
    );
    expect(layers.every(({ faults }) => faults.every(({ firedCycles }) => firedCycles > 0))).toBe(true);
    model.clearFault(second);
    expect((await model.run({ x: X })).layers[0]!.faults.length).toBe(1);
    model.clearFaults();
    expect((await model.run({ x: X })).outputs).toEqual(clean.outputs);
    await model.close();
  });

  it.each([
    [
      'a layer that is not on the array',
      ON_A,
      { layer: 'four' },
      ModelError,
      "layer 'four' does not run on the array; those that do are one, two, three",
    ],
    [
      'half a channel',
      ON_A,
      { channel: 0.5 },
      ModelError,
      'the output channel of a fault must be a whole number from 0, received 0.5',
    ],
    ['a PE that is not there', 'flip bit 1 of c at (9, 9)', {}, FaultError, /\(9, 9\)/],
    ['text that is no fault', 'flip it', {}, SpecError, /flip it/],
  ] as const)('are refused: %s', async (_, text, place, kind, message) => {
    const model = await open();
    expect(() => model.addFault(text, place)).toThrow(kind);
    expect(() => model.addFault(text, place)).toThrow(message);
    expect(() => model.clearFault(0)).toThrow(new ModelError('no fault has the number 0'));
    await model.close();
  });
});
