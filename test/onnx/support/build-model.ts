import { elementTypeCode } from '../../../src/onnx/file/element-types.ts';
import {
  type AttributeProto,
  encode,
  type GraphProto,
  type ModelProto,
  make,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from '../../../src/onnx/file/messages.ts';
import { modelOf, type OnnxModel } from '../../../src/onnx/file/model.ts';
import { encodeTensor } from '../../../src/onnx/file/tensor-proto.ts';
import { type ElementType, elementCount, type Tensor, tensor } from '../../../src/tensor/tensor.ts';

type AttributeValue = number | { readonly float: number } | readonly number[] | string | Tensor | GraphProto;

/** Make a tensor from numbers. */
export function values(type: ElementType, shape: readonly number[], list: Iterable<number>): Tensor {
  const value = tensor(type, shape);
  const wide = type === 'int64' || type === 'uint64';
  [...list].forEach((element, i) => {
    value.data[i] = wide ? (BigInt(element) as unknown as number) : element;
  });
  return value;
}

export function zeros(type: ElementType, shape: readonly number[]): Tensor {
  return values(type, shape, Array(elementCount(shape)).fill(0));
}

export function node(
  opType: string,
  input: string[],
  output: string[],
  attributes: Record<string, AttributeValue> = {},
  more: { name?: string; domain?: string } = {},
): NodeProto {
  const attribute = Object.entries(attributes).map(([name, value]) => attributeOf(name, value));
  return make('NodeProto', { opType, input, output, attribute, ...more });
}

/** Declare a value: `info('x', 'uint8', ['N', 1, 28, 28])`. */
export function info(name: string, type: string, shape: readonly (number | string)[]): ValueInfoProto {
  const dim = shape.map((side) =>
    make('DimensionProto', typeof side === 'number' ? { dimValue: BigInt(side) } : { dimParam: side }),
  );
  const tensorType = make('TensorTypeProto', {
    elemType: elementTypeCode(type),
    shape: make('TensorShapeProto', { dim }),
  });
  return make('ValueInfoProto', { name, type: make('TypeProto', { tensorType }) });
}

export function initializer(name: string, value: Tensor): TensorProto {
  return encodeTensor(value, name);
}

export interface GraphParts {
  readonly nodes: NodeProto[];
  readonly inputs?: ValueInfoProto[];
  readonly outputs: ValueInfoProto[];
  readonly constants?: Readonly<Record<string, Tensor>>;
}

export function graph({ nodes, inputs = [], outputs, constants = {} }: GraphParts): GraphProto {
  return make('GraphProto', {
    name: 'test',
    node: nodes,
    input: inputs,
    output: outputs,
    initializer: Object.entries(constants).map(([name, value]) => initializer(name, value)),
  });
}

/** Make a model, through its bytes, as if it had been read from a file. */
export function buildModel(parts: GraphParts, proto: Partial<ModelProto> = {}): OnnxModel {
  return modelOf(
    make('ModelProto', {
      irVersion: 8n,
      opsetImport: [
        make('OperatorSetIdProto', { domain: '', version: 17n }),
        make('OperatorSetIdProto', { domain: 'com.microsoft', version: 1n }),
      ],
      graph: graph(parts),
      ...proto,
    }),
    'test.onnx',
  );
}

export function modelBytes(model: OnnxModel): Uint8Array {
  return encode('ModelProto', model.proto);
}

/** AttributeProto.type of each kind of value. */
const KIND = { float: 1, int: 2, string: 3, tensor: 4, graph: 5, ints: 7 } as const;

function attributeOf(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === 'string') {
    return make('AttributeProto', { name, type: KIND.string, s: new TextEncoder().encode(value) });
  }
  if (typeof value === 'number') {
    return Number.isInteger(value)
      ? make('AttributeProto', { name, type: KIND.int, i: BigInt(value) })
      : make('AttributeProto', { name, type: KIND.float, f: Math.fround(value) });
  }
  if ('float' in value) return make('AttributeProto', { name, type: KIND.float, f: Math.fround(value.float) });
  if ('node' in value) return make('AttributeProto', { name, type: KIND.graph, g: value });
  if ('data' in value) return make('AttributeProto', { name, type: KIND.tensor, t: encodeTensor(value) });
  return make('AttributeProto', { name, type: KIND.ints, ints: value.map(BigInt) });
}
