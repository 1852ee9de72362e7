import type { Tensor } from '../../tensor/tensor.ts';
import type { OnnxModel } from '../file/model.ts';
import { checkInputs } from './model-inputs.ts';
import { fromRuntime, openSession, toRuntime } from './session.ts';

/** A model as a whole in ONNX Runtime: what runs on an array are held against. */
export interface RuntimeModel {
  /**
   * Run the model once.
   * @returns the outputs by name, in the order of the model
   * @throws {ModelError} for inputs that do not fit the model, or when ONNX Runtime cannot run it.
   */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  close(): Promise<void>;
}

/**
 * Load a model into ONNX Runtime as it is.
 * @throws {ModelError} with the runtime's reason when it refuses the model.
 */
export async function openRuntimeModel(model: OnnxModel): Promise<RuntimeModel> {
  const session = await openSession(model.proto, model.path);
  return {
    async run(inputs) {
      checkInputs(model, inputs);
      const feeds = new Map(Object.entries(inputs).map(([name, value]) => [name, toRuntime(value)]));
      const results = await session.run(feeds);
      return Object.fromEntries(model.outputs.map(({ name }) => [name, fromRuntime(results.get(name)!, name)]));
    },
    close: () => session.close(),
  };
}
