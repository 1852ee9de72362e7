import type { OnnxModel } from '../../../src/onnx/file/model.ts';
import { type ElementType, elementCount, type Tensor } from '../../../src/tensor/tensor.ts';
import { buildModel, info, node, values } from './build-model.ts';

/** Numbers that look random and are the same each time. */
export function pattern(type: ElementType, shape: readonly number[], seed = 1): Tensor {
  const least = type === 'int8' ? -50 : 0;
  const elements = Array.from({ length: elementCount(shape) }, (_, i) => (((i + seed) * 37) % 101) + least);
  return values(type, shape, elements);
}

/** x [N, 2, 6, 6] → QLinearConv `one` → QLinearConv `two` → QLinearMatMul `three` over the last axis → y, all of bytes. */
export function twoConvsAndMatmul(kernelSide: 1 | 3 = 3): OnnxModel {
  const pads = Array<number>(4).fill((kernelSide - 1) / 2);
  const around = ['s', 'z'] as const;
  return buildModel({
    inputs: [info('x', 'uint8', ['N', 2, 6, 6])],
    nodes: [
      node('QLinearConv', ['x', ...around, 'a', 'ws', 'wz', ...around], ['p'], { pads }, { name: 'one' }),
      node('QLinearConv', ['p', ...around, 'b', 'ws', 'wz', ...around], ['q'], { pads }, { name: 'two' }),
      node('QLinearMatMul', ['q', ...around, 'm', 'ws', 'wz', ...around], ['y'], {}, { name: 'three' }),
    ],
    outputs: [info('y', 'uint8', ['N', 2, 6, 5])],
    constants: {
      s: values('float32', [], [0.05]),
      z: values('uint8', [], [70]),
      ws: values('float32', [], [0.007]),
      wz: values('int8', [], [3]),
      a: pattern('int8', [2, 2, kernelSide, kernelSide]),
      b: pattern('int8', [2, 2, kernelSide, kernelSide], 50),
      m: pattern('int8', [6, 5], 7),
    },
  });
}
