import { elementTypeCode } from '../file/element-types.ts';
import { derive, type ModelProto, make, type ValueInfoProto } from '../file/messages.ts';
import type { OnnxModel } from '../file/model.ts';
import type { ValueType } from '../run/session.ts';
import { valuesUsedBy } from './graph-index.ts';
import type { Stage } from './stages.ts';

/**
 * Make a model of the nodes of one stage; operator sets, functions and everything else of the file stay as they are.
 * Its inputs are typed by what is known of their values; the types of its outputs are left to ONNX Runtime to infer.
 */
export function submodel(model: OnnxModel, stage: Stage, types: ReadonlyMap<string, ValueType>): ModelProto {
  const { graph } = model;
  const used = new Set(stage.nodes.flatMap(valuesUsedBy));
  const declared = new Map([...graph.input, ...graph.output].map((value) => [value.name, value]));
  const own = new Map(graph.input.map((value) => [value.name, value]));
  return derive('ModelProto', model.proto, {
    graph: make('GraphProto', {
      name: graph.name || 'graph',
      node: [...stage.nodes],
      initializer: graph.initializer.filter(({ name }) => used.has(name)),
      sparseInitializer: graph.sparseInitializer.filter(({ values }) => used.has(values?.name ?? '')),
      input: stage.inputs.map((name) => own.get(name) ?? typedValue(name, types.get(name))),
      output: stage.outputs.map((name) => declared.get(name) ?? make('ValueInfoProto', { name })),
    }),
  });
}

function typedValue(name: string, known: ValueType | undefined): ValueInfoProto {
  if (!known) return make('ValueInfoProto', { name });
  const dim = Array.from({ length: known.rank ?? 0 }, () => make('DimensionProto', {}));
  const shape = known.rank === null ? undefined : make('TensorShapeProto', { dim });
  const tensorType = make('TensorTypeProto', { elemType: elementTypeCode(known.type), shape });
  return make('ValueInfoProto', { name, type: make('TypeProto', { tensorType }) });
}
