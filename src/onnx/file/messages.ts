import {
  create,
  createFileRegistry,
  type DescMessage,
  fromBinary,
  isFieldSet,
  type Message,
  toBinary,
  type UnknownField,
} from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';

/**
 * The parts of the ONNX file format that are read or changed here: field → [number, type, label]. Fields that are not
 * listed are kept as they are when a message is written back.
 * Source: ONNX IR specification, onnx.proto (field numbers).
 */
const FIELDS = {
  ModelProto: {
    irVersion: [1, 'int64'],
    producerName: [2, 'string'],
    graph: [7, 'GraphProto'],
    opsetImport: [8, 'OperatorSetIdProto', 'repeated'],
  },
  OperatorSetIdProto: { domain: [1, 'string'], version: [2, 'int64'] },
  GraphProto: {
    node: [1, 'NodeProto', 'repeated'],
    name: [2, 'string'],
    initializer: [5, 'TensorProto', 'repeated'],
    input: [11, 'ValueInfoProto', 'repeated'],
    output: [12, 'ValueInfoProto', 'repeated'],
    valueInfo: [13, 'ValueInfoProto', 'repeated'],
    sparseInitializer: [15, 'SparseTensorProto', 'repeated'],
  },
  NodeProto: {
    input: [1, 'string', 'repeated'],
    output: [2, 'string', 'repeated'],
    name: [3, 'string'],
    opType: [4, 'string'],
    attribute: [5, 'AttributeProto', 'repeated'],
    domain: [7, 'string'],
  },
  AttributeProto: {
    name: [1, 'string'],
    f: [2, 'float'],
    i: [3, 'int64'],
    s: [4, 'bytes'],
    t: [5, 'TensorProto'],
    g: [6, 'GraphProto'],
    floats: [7, 'float', 'repeated'],
    ints: [8, 'int64', 'repeated'],
    strings: [9, 'bytes', 'repeated'],
    tensors: [10, 'TensorProto', 'repeated'],
    graphs: [11, 'GraphProto', 'repeated'],
    type: [20, 'int32'],
  },
  TensorProto: {
    dims: [1, 'int64', 'repeated'],
    dataType: [2, 'int32'],
    floatData: [4, 'float', 'packed'],
    int32Data: [5, 'int32', 'packed'],
    int64Data: [7, 'int64', 'packed'],
    name: [8, 'string'],
    rawData: [9, 'bytes'],
    doubleData: [10, 'double', 'packed'],
    uint64Data: [11, 'uint64', 'packed'],
    externalData: [13, 'StringStringEntryProto', 'repeated'],
    dataLocation: [14, 'int32'],
  },
  SparseTensorProto: { values: [1, 'TensorProto'] },
  StringStringEntryProto: { key: [1, 'string'], value: [2, 'string'] },
  ValueInfoProto: { name: [1, 'string'], type: [2, 'TypeProto'] },
  TypeProto: { tensorType: [1, 'TensorTypeProto'] },
  TensorTypeProto: { elemType: [1, 'int32'], shape: [2, 'TensorShapeProto'] },
  TensorShapeProto: { dim: [1, 'DimensionProto', 'repeated'] },
  DimensionProto: { dimValue: [1, 'int64'], dimParam: [2, 'string'] },
} as const satisfies Record<string, Record<string, FieldRow>>;

type FieldRow = readonly [number: number, type: string, label?: 'repeated' | 'packed'];

/** Protobuf scalar types: the code of descriptor.proto, and a stand-in for the type in TypeScript. */
const SCALARS = {
  double: { code: 1, sample: 0 as number },
  float: { code: 2, sample: 0 as number },
  int64: { code: 3, sample: 0n as bigint },
  uint64: { code: 4, sample: 0n as bigint },
  int32: { code: 5, sample: 0 as number },
  string: { code: 9, sample: '' as string },
  bytes: { code: 12, sample: new Uint8Array() as Uint8Array },
} as const;

type Fields = typeof FIELDS;
type Scalars = typeof SCALARS;

export type MessageName = keyof Fields;

type Value<T> = T extends keyof Scalars ? Scalars[T]['sample'] : T extends MessageName ? Proto<T> : never;
type FieldValue<R> = R extends readonly [number, infer T, string]
  ? Value<T>[]
  : R extends readonly [number, infer T]
    ? T extends MessageName
      ? Value<T> | undefined
      : Value<T>
    : never;

/**
 * A message of the file format. An absent scalar reads as its zero value, an absent list as an empty one;
 * `hasField` tells absent from zero.
 */
export type Proto<N extends MessageName> = { -readonly [F in keyof Fields[N]]: FieldValue<Fields[N][F]> } & {
  $unknown?: UnknownField[];
};

export type ModelProto = Proto<'ModelProto'>;
export type GraphProto = Proto<'GraphProto'>;
export type NodeProto = Proto<'NodeProto'>;
export type AttributeProto = Proto<'AttributeProto'>;
export type TensorProto = Proto<'TensorProto'>;
export type ValueInfoProto = Proto<'ValueInfoProto'>;

/** Make a message; fields left out are absent from the file. Nested messages must come from here, too. */
export function make<N extends MessageName>(name: N, fields: Partial<Proto<N>>): Proto<N> {
  const message = create(schema(name), fields as Record<string, unknown>) as unknown as Proto<N>;
  if (fields.$unknown) message.$unknown = fields.$unknown;
  return message;
}

/** Copy a message and replace some fields; everything else, unknown fields included, is shared with the original. */
export function derive<N extends MessageName>(name: N, from: Proto<N>, fields: Partial<Proto<N>>): Proto<N> {
  const { $typeName: _, ...own } = from as Proto<N> & Partial<Message>;
  return make(name, { ...(own as Proto<N>), ...fields });
}

/**
 * Read a message from its wire format. Byte fields are views of `bytes`.
 * @throws {Error} for bytes that are no such message.
 */
export function decode<N extends MessageName>(name: N, bytes: Uint8Array): Proto<N> {
  return fromBinary(schema(name), bytes) as unknown as Proto<N>;
}

/** Write a message in its wire format. */
export function encode<N extends MessageName>(name: N, message: Proto<N>): Uint8Array {
  return toBinary(schema(name), message as unknown as Message);
}

/** Tell whether a scalar is present, be it zero. */
export function hasField<N extends MessageName>(name: N, message: Proto<N>, field: string & keyof Fields[N]): boolean {
  const descriptor = schema(name).field[field];
  return descriptor !== undefined && isFieldSet(message as unknown as Message, descriptor);
}

const LABELS = { optional: 1, repeated: 3 } as const;
const MESSAGE_CODE = 11;

// Declared as proto2, whose fields know whether they are present: a dimension of 0 is not an unknown dimension.
const registry = createFileRegistry(
  create(FileDescriptorProtoSchema, {
    name: 'onnx',
    package: 'onnx',
    syntax: 'proto2',
    messageType: Object.entries(FIELDS).map(([name, fields]) => ({
      name,
      field: Object.entries(fields as Record<string, FieldRow>).map(([field, [number, type, label]]) => ({
        name: field,
        number,
        label: label ? LABELS.repeated : LABELS.optional,
        ...(type in SCALARS
          ? { type: SCALARS[type as keyof Scalars].code }
          : { type: MESSAGE_CODE, typeName: `.onnx.${type}` }),
        ...(label === 'packed' ? { options: { packed: true } } : {}),
      })),
    })),
  }),
  () => undefined,
);

function schema(name: MessageName): DescMessage {
  return registry.getMessage(`onnx.${name}`) as DescMessage;
}
