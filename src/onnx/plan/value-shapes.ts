import { ModelError } from '../../errors.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { derive, make } from '../file/messages.ts';
import type { OnnxModel } from '../file/model.ts';
import { indexGraph } from '../graph/graph-index.ts';
import { cutIntoStages } from '../graph/stages.ts';
import { submodel } from '../graph/submodel.ts';
import { fromRuntime, openSession, toRuntime } from '../run/session.ts';

/**
 * Run a model once, as far as some values of its main graph need it, to see their shapes.
 * @throws {ModelError} when ONNX Runtime cannot run it on these inputs.
 */
export async function valueShapes(
  model: OnnxModel,
  names: Iterable<string>,
  inputs: Readonly<Record<string, Tensor>>,
): Promise<Map<string, readonly number[]>> {
  const { constants } = indexGraph(model.graph);
  const shapes = new Map<string, readonly number[]>();
  const computed = new Set<string>();
  for (const name of names) {
    const constant = constants.get(name);
    if (constant) shapes.set(name, constant.dims.map(Number));
    else computed.add(name);
  }
  if (computed.size === 0) return shapes;
  const { probe, probes } = withShapeNodes(model, computed);
  try {
    for (const [name, shape] of await run(probe, inputs)) {
      shapes.set(probes.get(name)!, Array.from(fromRuntime(shape, name).data, Number));
    }
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    const given = Object.entries(inputs).map(([name, { shape }]) => `${name} [${shape}]`);
    throw new ModelError(`${error.message}; this was with zeros as ${given.join(', ')}`, { cause: error });
  }
  return shapes;
}

/** Make a model whose outputs are the shapes of values; `probes` tells which value each output belongs to. */
function withShapeNodes(
  model: OnnxModel,
  values: ReadonlySet<string>,
): { readonly probe: OnnxModel; readonly probes: ReadonlyMap<string, string> } {
  const probes = new Map(Array.from(values, (value) => [`espalier_shape_of_${value}`, value] as const));
  const nodes = Array.from(probes, ([output, value]) =>
    make('NodeProto', { opType: 'Shape', input: [value], output: [output], name: output }),
  );
  const graph = derive('GraphProto', model.graph, {
    node: [...model.graph.node, ...nodes],
    output: [...probes.keys()].map((name) => make('ValueInfoProto', { name })),
  });
  return { probe: { ...model, graph, proto: derive('ModelProto', model.proto, { graph }) }, probes };
}

async function run(model: OnnxModel, inputs: Readonly<Record<string, Tensor>>) {
  // Nothing is cut out of the graph: this leaves out the nodes that no wanted value needs.
  const [stage] = cutIntoStages(indexGraph(model.graph), new Set());
  const session = await openSession(submodel(model, stage!, new Map()), model.path);
  try {
    return await session.run(new Map(Object.entries(inputs).map(([name, value]) => [name, toRuntime(value)])));
  } finally {
    await session.close();
  }
}
