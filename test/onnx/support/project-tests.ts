import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { NodeProto } from '../../../src/onnx/file/messages.ts';
import { type OnnxModel, openModel, readTensorFile } from '../../../src/onnx/file/model.ts';
import { indexGraph } from '../../../src/onnx/graph/graph-index.ts';
import { listLayers } from '../../../src/onnx/graph/layers.ts';
import type { Tensor } from '../../../src/tensor/tensor.ts';

const ROOT = fileURLToPath(new URL('../../../../shared/conformance/onnx-node/', import.meta.url));

/** An operator test of the ONNX project whose model has a matrix layer. */
export interface ProjectTest {
  /** `<suite>/<test>` */
  readonly name: string;
  readonly model: OnnxModel;
  /** The node that is the matrix layer. */
  readonly node: NodeProto;
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** The stored result. */
  readonly expected: Tensor;
}

/** Read all of them, by what their models hold; none where the folder is absent. */
export async function projectTests(): Promise<readonly ProjectTest[]> {
  if (!existsSync(ROOT)) return [];
  const names = readdirSync(ROOT).flatMap((suite) => readdirSync(ROOT + suite).map((test) => `${suite}/${test}`));
  const tests = await Promise.all(names.map(readTest));
  return tests.filter((test) => test !== null);
}

async function readTest(name: string): Promise<ProjectTest | null> {
  const model = await openModel(`${ROOT}${name}/model.onnx`);
  const [layer, ...more] = listLayers(model);
  if (!layer) return null;
  if (more.length > 0) throw new Error(`${name} has ${more.length + 1} layers`);
  const data = `${ROOT}${name}/test_data_set_0/`;
  const inputs = model.inputs.map(
    async (info, i) => [info.name, await readTensorFile(`${data}input_${i}.pb`)] as const,
  );
  return {
    name,
    model,
    node: model.graph.node.find(({ opType }) => opType === layer.op)!,
    inputs: Object.fromEntries(await Promise.all(inputs)),
    expected: await readTensorFile(`${data}output_0.pb`),
  };
}

/** The operands of a test's layer, in order; those that a Transpose makes of a matrix of the file included. */
export function operandsOf({ model, node, inputs }: ProjectTest): (Tensor | undefined)[] {
  const { constant, producers } = indexGraph(model.graph);
  return node.input.map((name) => {
    const producer = producers.get(name);
    if (producer?.opType === 'Transpose') return transposed(constant(producer.input[0]!)!);
    return inputs[name] ?? constant(name);
  });
}

function transposed({ type, shape, data }: Tensor): Tensor {
  const [rows = 0, columns = 0] = shape;
  const turned = data.slice();
  for (let at = 0; at < turned.length; at++) turned[at] = data[(at % rows) * columns + Math.floor(at / rows)]!;
  return { type, shape: [columns, rows], data: turned };
}
