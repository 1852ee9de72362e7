import { open } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { FileError } from '../../errors.ts';
import { fileReason } from './file-reason.ts';
import type { GraphProto, TensorProto } from './messages.ts';
import { DATA_LOCATION } from './tensor-proto.ts';

/**
 * Load the weights that a model keeps in other files into the model, subgraphs included.
 * Source: ONNX documentation, "External Data".
 * @throws {FileError} when a file is missing, too short, or outside the model's directory.
 */
export async function loadExternalData(graph: GraphProto, modelPath: string): Promise<void> {
  for (const tensor of tensorsOf(graph)) {
    if (tensor.dataLocation === DATA_LOCATION.external) await load(tensor, modelPath);
  }
}

function* tensorsOf(graph: GraphProto): Generator<TensorProto> {
  yield* graph.initializer;
  for (const attribute of graph.node.flatMap((node) => node.attribute)) {
    if (attribute.t) yield attribute.t;
    yield* attribute.tensors;
    for (const subgraph of attribute.g ? [attribute.g] : attribute.graphs) yield* tensorsOf(subgraph);
  }
}

async function load(tensor: TensorProto, modelPath: string): Promise<void> {
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
  const location = entries.get('location') ?? '';
  const directory = dirname(modelPath);
  const path = join(directory, location);
  const inside = relative(directory, path);
  if (location === '' || isAbsolute(location) || inside.startsWith('..')) {
    throw new FileError(
      `the data of tensor '${tensor.name}' must lie beside the model ${modelPath}, not at '${location}'`,
    );
  }
  try {
    tensor.rawData = await readRange(path, Number(entries.get('offset') ?? 0), entries.get('length'));
  } catch (cause) {
    throw new FileError(`the data of tensor '${tensor.name}' cannot be read from ${path}: ${fileReason(cause)}`, {
      cause,
    });
  }
  tensor.dataLocation = DATA_LOCATION.inside;
  tensor.externalData = [];
}

async function readRange(path: string, offset: number, length: string | undefined): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const wanted = length === undefined ? (await file.stat()).size - offset : Number(length);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(wanted), 0, wanted, offset);
    if (bytesRead !== wanted) throw new Error(`${wanted} bytes wanted from ${offset}, ${bytesRead} found`);
    return buffer;
  } finally {
    await file.close();
  }
}
