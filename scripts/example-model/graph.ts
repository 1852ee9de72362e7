import { writeFile } from 'node:fs/promises';
import { elementTypeCode } from '../../src/onnx/file/element-types.ts';
import {
  type AttributeProto,
  encode,
  make,
  type NodeProto,
  type ValueInfoProto,
} from '../../src/onnx/file/messages.ts';
import { encodeTensor } from '../../src/onnx/file/tensor-proto.ts';
import type { ElementType, Tensor } from '../../src/tensor/tensor.ts';

/** A node to be: its one output has the node's name. */
export interface Step {
  readonly name: string;
  readonly op: string;
  /** Names of other steps and of constants. */
  readonly inputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
  /** Names of the outputs of a node that has several. */
  readonly outputs?: readonly string[];
}

/** A model with one input and one output, both float32. */
export interface Network {
  readonly name: string;
  /** In an order in which they can be run; the last one gives the output. */
  readonly steps: readonly Step[];
  readonly constants: ReadonlyMap<string, Tensor>;
  readonly input: { readonly name: string; readonly shape: readonly (number | string)[] };
  readonly output: { readonly name: string; readonly shape: readonly (number | string)[] };
  /** Outputs of other steps that are wanted too, of any shape. */
  readonly watched?: readonly string[];
}

const OPSET = 13n;
const IR_VERSION = 8n;
const ATTRIBUTE_TYPES = { int: 2, ints: 7 } as const;

/** Write a network as an ONNX file; the same network gives the same bytes. */
export async function writeNetwork(path: string, network: Network): Promise<void> {
  await writeFile(path, encodeNetwork(network));
}

/** Print a network in the ONNX file format. */
export function encodeNetwork({ name, steps, constants, input, output, watched = [] }: Network): Uint8Array {
  const last = steps.at(-1)!;
  const nodes = steps.map((step) => nodeOf(step, step === last ? output.name : undefined));
  return encode(
    'ModelProto',
    make('ModelProto', {
      irVersion: IR_VERSION,
      producerName: 'espalier example model',
      opsetImport: [make('OperatorSetIdProto', { domain: '', version: OPSET })],
      graph: make('GraphProto', {
        name,
        node: nodes,
        initializer: [...constants].map(([constant, value]) => encodeTensor(value, constant)),
        input: [valueInfo(input.name, 'float32', input.shape)],
        output: [valueInfo(output.name, 'float32', output.shape), ...watched.map((it) => valueInfo(it, 'float32'))],
      }),
    }),
  );
}

function nodeOf({ name, op, inputs, attributes = {}, outputs = [name] }: Step, output: string | undefined): NodeProto {
  return make('NodeProto', {
    name,
    opType: op,
    input: [...inputs],
    output: output === undefined ? [...outputs] : [output],
    attribute: Object.entries(attributes).map(([attribute, value]) => attributeOf(attribute, value)),
  });
}

function attributeOf(name: string, value: number | readonly number[]): AttributeProto {
  return typeof value === 'number'
    ? make('AttributeProto', { name, type: ATTRIBUTE_TYPES.int, i: BigInt(value) })
    : make('AttributeProto', { name, type: ATTRIBUTE_TYPES.ints, ints: value.map(BigInt) });
}

function valueInfo(name: string, type: ElementType, shape?: readonly (number | string)[]): ValueInfoProto {
  const dim = shape?.map((side) =>
    make('DimensionProto', typeof side === 'number' ? { dimValue: BigInt(side) } : { dimParam: side }),
  );
  return make('ValueInfoProto', {
    name,
    type: make('TypeProto', {
      tensorType: make('TensorTypeProto', {
        elemType: elementTypeCode(type),
        ...(dim ? { shape: make('TensorShapeProto', { dim }) } : {}),
      }),
    }),
  });
}
