import type { OnnxModel } from '../../../src/onnx/file/model.ts';
import { fromRuntime, openSession, toRuntime } from '../../../src/onnx/run/session.ts';
import type { Tensor } from '../../../src/tensor/tensor.ts';

/** Run a model as it is in ONNX Runtime. */
export async function runWhole(
  model: OnnxModel,
  inputs: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Tensor>> {
  const session = await openSession(model.proto, model.path);
  const results = await session.run(new Map(Object.entries(inputs).map(([name, value]) => [name, toRuntime(value)])));
  const outputs = [...results].map(([name, value]) => [name, fromRuntime(value, name)]);
  await session.close();
  return Object.fromEntries(outputs) as Record<string, Tensor>;
}
