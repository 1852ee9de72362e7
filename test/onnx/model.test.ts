import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileError, ModelError } from '../../src/errors.ts';
import { elementTypeCode } from '../../src/onnx/file/element-types.ts';
import { decode, encode, make, type Proto } from '../../src/onnx/file/messages.ts';
import { openModel, readTensorFile } from '../../src/onnx/file/model.ts';
import { decodeTensor, encodeTensor } from '../../src/onnx/file/tensor-proto.ts';
import { ELEMENT_TYPES, type ElementType } from '../../src/tensor/tensor.ts';
import { buildModel, info, initializer, modelBytes, node, values } from './support/build-model.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'espalier-onnx-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content);
  return path;
}

describe('tensors', () => {
  it.each(ELEMENT_TYPES)('of %s come back from bytes as they went', (type) => {
    const value = values(
      type,
      [2, 3],
      type.startsWith('u') || type === 'bool' ? [0, 1, 1, 0, 1, 1] : [-1, 0, 1, 2, -3, 4],
    );
    const bytes = encode('TensorProto', encodeTensor(value, 'v'));
    expect(decodeTensor(decode('TensorProto', bytes))).toEqual(value);
  });

  it.each([
    ['float32', { floatData: [1.5, -2] }, Float32Array.of(1.5, -2)],
    ['float64', { doubleData: [1.1, -2] }, Float64Array.of(1.1, -2)],
    ['int8', { int32Data: [-128, 127] }, Int8Array.of(-128, 127)],
    ['uint8', { int32Data: [0, 255] }, Uint8Array.of(0, 255)],
    ['int16', { int32Data: [-32768, 1] }, Int16Array.of(-32768, 1)],
    ['uint16', { int32Data: [65535, 1] }, Uint16Array.of(65535, 1)],
    ['int32', { int32Data: [-(2 ** 31), 1] }, Int32Array.of(-(2 ** 31), 1)],
    ['bool', { int32Data: [1, 0] }, Uint8Array.of(1, 0)],
    ['float16', { int32Data: [0x3c00, 0x8000] }, Uint16Array.of(0x3c00, 0x8000)],
    ['bfloat16', { int32Data: [0x3f80, 0x7fc0] }, Uint16Array.of(0x3f80, 0x7fc0)],
    ['int64', { int64Data: [-(2n ** 63n), 1n] }, BigInt64Array.of(-(2n ** 63n), 1n)],
    ['uint32', { uint64Data: [2n ** 32n - 1n, 1n] }, Uint32Array.of(2 ** 32 - 1, 1)],
    ['uint64', { uint64Data: [2n ** 64n - 1n, 1n] }, BigUint64Array.of(2n ** 64n - 1n, 1n)],
  ] as [ElementType, Partial<Proto<'TensorProto'>>, Uint8Array][])(
    'of %s are read from typed fields',
    (type, field, data) => {
      const proto = make('TensorProto', { dims: [2n], dataType: elementTypeCode(type), ...field });
      const read = decodeTensor(decode('TensorProto', encode('TensorProto', proto)));
      expect(read).toEqual({ type, shape: [2], data });
    },
  );

  it.each([
    ['float8', { dims: [1n], dataType: 17 }, "tensor 't' holds float8e4m3fn elements, which are not supported"],
    [
      'few bytes',
      { dims: [3n], dataType: 6, rawData: new Uint8Array(8) },
      "tensor 't' of shape [3] needs 12 bytes of int32, not 8",
    ],
    [
      'few elements',
      { dims: [3n], dataType: 6, int32Data: [1] },
      "tensor 't' of shape [3] needs 3 int32 elements, not 1",
    ],
  ])('with %s are refused', (_, fields, message) => {
    expect(() => decodeTensor(make('TensorProto', { name: 't', ...fields }))).toThrow(new ModelError(message));
  });

  it('are read from .pb files, wherever the bytes lie in memory', async () => {
    const value = values('float64', [1, 3], [0.1, 2, -3]);
    const path = await file('odd.pb', encode('TensorProto', encodeTensor(value, 'odd')));
    expect(await readTensorFile(path)).toEqual(value);
  });
});

describe('openModel', () => {
  const parts = {
    nodes: [node('Add', ['x', 'w'], ['y'])],
    inputs: [info('x', 'float32', ['N', 2]), info('w', 'float32', [2])],
    outputs: [info('y', 'float32', ['N', 0])],
    constants: { w: values('float32', [2], [1, 2]) },
  };

  it('tells inputs that must be given, and outputs', async () => {
    const model = await openModel(await file('add.onnx', modelBytes(buildModel(parts))));
    expect(model.inputs).toEqual([{ name: 'x', type: 'float32', shape: ['N', 2] }]);
    expect(model.outputs).toEqual([{ name: 'y', type: 'float32', shape: ['N', 0] }]);
  });

  function external(location: string, range: Record<string, string>) {
    const model = buildModel(parts);
    const [weights] = model.graph.initializer;
    model.graph.initializer = [
      make('TensorProto', {
        name: 'w',
        dims: weights!.dims,
        dataType: weights!.dataType,
        dataLocation: 1,
        externalData: Object.entries({ location, ...range }).map(([key, value]) =>
          make('StringStringEntryProto', { key, value }),
        ),
      }),
    ];
    return modelBytes(model);
  }

  it('loads weights that lie in another file', async () => {
    await mkdir(join(directory, 'data'));
    await file('data/w.bin', new Uint8Array(Float32Array.of(9, 1, 2, 9).buffer));
    const path = await file('external.onnx', external('data/w.bin', { offset: '4', length: '8' }));
    const { graph } = await openModel(path);
    const { rawData, ...rest } = initializer('w', values('float32', [2], [1, 2]));
    expect(graph.initializer[0]).toMatchObject({ name: rest.name, dims: rest.dims, dataLocation: 0, externalData: [] });
    expect([...graph.initializer[0]!.rawData]).toEqual([...rawData]);
  });

  it.each([
    ['a missing file', () => join(directory, 'none.onnx'), /^cannot read .*none\.onnx: no such file or directory$/],
    ['text', () => file('text.onnx', 'not a model'), /^.*text\.onnx is not an ONNX model: it cannot be parsed$/],
    [
      'an empty file',
      () => file('empty.onnx', ''),
      /empty\.onnx is not an ONNX model: it has no graph or names no operator set$/,
    ],
    [
      'weights outside the directory',
      () => file('out.onnx', external('../w.bin', {})),
      /^the data of tensor 'w' must lie beside the model .*out\.onnx, not at '\.\.\/w\.bin'$/,
    ],
    [
      'weights in a missing file',
      () => file('gone.onnx', external('gone.bin', {})),
      /^the data of tensor 'w' cannot be read from .*gone\.bin: no such file or directory$/,
    ],
    [
      'weights in a short file',
      async () => {
        await file('short.bin', new Uint8Array(4));
        return file('short.onnx', external('short.bin', { length: '8' }));
      },
      /^the data of tensor 'w' cannot be read from .*short\.bin: 8 bytes wanted from 0, 4 found$/,
    ],
  ])('refuses %s', async (_, path, message) => {
    const error = await openModel(await path()).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FileError);
    expect((error as Error).message).toMatch(message);
  });
});

describe('readTensorFile', () => {
  it.each([
    ['a missing file', () => join(directory, 'none.pb'), /^cannot read .*none\.pb: no such file or directory$/],
    ['text', () => file('text.pb', '{"a": 1}'), /text\.pb is not an ONNX tensor: it cannot be parsed$/],
    ['an empty file', () => file('empty.pb', ''), /empty\.pb is not an ONNX tensor: it names no element type$/],
  ])('refuses %s', async (_, path, message) => {
    const error = await readTensorFile(await path()).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FileError);
    expect((error as Error).message).toMatch(message);
  });
});
