import { readFile } from 'node:fs/promises';
import { FileError } from '../../errors.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { elementTypeName } from './element-types.ts';
import { loadExternalData } from './external-data.ts';
import { fileReason } from './file-reason.ts';
import {
  decode,
  type GraphProto,
  hasField,
  type MessageName,
  type ModelProto,
  type Proto,
  type ValueInfoProto,
} from './messages.ts';
import { decodeTensor } from './tensor-proto.ts';

/** An input or output of a model. */
export interface ValueInfo {
  readonly name: string;
  /** The element type as ONNX Runtime spells it, such as `float32` or `uint8`; null when it is no tensor. */
  readonly type: string | null;
  /** One entry per axis: its length, its symbolic name, or null when nothing is said. Null for an unknown rank. */
  readonly shape: readonly (number | string | null)[] | null;
}

/** An ONNX model in memory. */
export interface OnnxModel {
  /** Where it came from, for messages. */
  readonly path: string;
  readonly proto: ModelProto;
  readonly graph: GraphProto;
  /** What a run must be given: the graph's inputs without those that have a value in the model. */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

/**
 * Read an ONNX model with all its weights, those in external data files included.
 * @throws {FileError} when a file is missing or is not an ONNX model.
 */
export async function openModel(path: string): Promise<OnnxModel> {
  const proto = parse('ModelProto', await read(path), `${path} is not an ONNX model`);
  if (!proto.graph || proto.opsetImport.length === 0 || proto.irVersion <= 0n) {
    throw new FileError(`${path} is not an ONNX model: it has no graph or names no operator set`);
  }
  await loadExternalData(proto.graph, path);
  return modelOf(proto, path);
}

/**
 * Wrap a model that is already in memory.
 * @throws {FileError} when it has no graph.
 */
export function modelOf(proto: ModelProto, path = 'the model'): OnnxModel {
  const graph = proto.graph;
  if (!graph) throw new FileError(`${path} is not an ONNX model: it has no graph`);
  const constants = new Set(graph.initializer.map((initializer) => initializer.name));
  for (const sparse of graph.sparseInitializer) constants.add(sparse.values?.name ?? '');
  return {
    path,
    proto,
    graph,
    inputs: graph.input.filter((value) => !constants.has(value.name)).map(describe),
    outputs: graph.output.map(describe),
  };
}

/**
 * Read a tensor from a `.pb` file (one serialised TensorProto).
 * @throws {FileError} when the file is missing or is no TensorProto, {ModelError} for an unsupported element type.
 */
export async function readTensorFile(path: string): Promise<Tensor> {
  const proto = parse('TensorProto', await read(path), `${path} is not an ONNX tensor`);
  if (!hasField('TensorProto', proto, 'dataType')) {
    throw new FileError(`${path} is not an ONNX tensor: it names no element type`);
  }
  return decodeTensor(proto);
}

function parse<N extends MessageName>(name: N, bytes: Uint8Array, complaint: string): Proto<N> {
  try {
    return decode(name, bytes);
  } catch (cause) {
    throw new FileError(`${complaint}: it cannot be parsed`, { cause });
  }
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new FileError(`cannot read ${path}: ${fileReason(cause)}`, { cause });
  }
}

function describe(value: ValueInfoProto): ValueInfo {
  const type = value.type?.tensorType;
  const dimensions = type?.shape?.dim.map((dimension) =>
    hasField('DimensionProto', dimension, 'dimValue') ? Number(dimension.dimValue) : dimension.dimParam || null,
  );
  return { name: value.name, type: type ? elementTypeName(type.elemType) : null, shape: dimensions ?? null };
}
