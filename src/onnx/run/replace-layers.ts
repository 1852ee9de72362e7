import type { Backend } from '../../backend/backend.ts';
import type { Fault } from '../../fault/fault.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { OnnxModel } from '../file/model.ts';
import { chooseLayers } from '../graph/layers.ts';
import { isRandom } from '../graph/stages.ts';
import { checkLowering, DEFAULT_LOWERING, type Lowering } from '../lowering/lowering.ts';
import { exactSums } from './exact-sums.ts';
import { FaultSet } from './fault-set.ts';
import { openStages } from './open-stages.ts';
import { type FaultPlace, placeFault } from './placed-fault.ts';
import { Prefix } from './prefix.ts';
import { type ModelResult, type ModelRunOptions, runStages } from './run-stages.ts';

export interface ReplaceOptions {
  /** Names of the layers to run on the array; all that can when left out. */
  readonly layers?: readonly string[] | undefined;
  /** The array; it stays open when the model is closed. */
  readonly backend: Backend;
  /** Faults to begin with, as if given to `addFault` without a place. */
  readonly faults?: readonly Fault[] | undefined;
  /** How convolutions become matrix products, `im2col` when left out; a layer that this does not suit uses `im2col`. */
  readonly lowering?: Lowering | undefined;
}

/** A model whose chosen layers run on an array, and everything else in ONNX Runtime. */
export interface ReplacedModel {
  /** Names of the layers that run on the array, in the order of the file. */
  readonly layers: readonly string[];
  /**
   * Run the model once.
   * @param inputs one tensor per input of the model, of the declared element type and shape
   * @throws {ModelError} for inputs that do not fit the model, or a layer that turns out not to fit the array.
   */
  run(inputs: Readonly<Record<string, Tensor>>, options?: ModelRunOptions): Promise<ModelResult>;
  /**
   * Run the model on one batch of inputs after the other; nothing is read ahead.
   * @throws as `run` does, with the batch's error
   */
  runBatches(
    batches: AsyncIterable<Readonly<Record<string, Tensor>>> | Iterable<Readonly<Record<string, Tensor>>>,
    options?: ModelRunOptions,
  ): AsyncGenerator<ModelResult, void>;
  /**
   * Have a fault act from the next run on: in every product of every layer, or of one layer, or so that it shows in one output
   * channel only. Cycles count from the first beat of each product.
   * @param fault a fault of the array, or its text as in the spec language
   * @returns the number by which `clearFault` knows it
   * @throws {SpecError} for text that is no fault, {FaultError} for one that the array cannot have, {ModelError} for a layer that
   *   is not on the array
   */
  addFault(fault: Fault | string, place?: FaultPlace): number;
  /** @throws {ModelError} for a number that no fault has. */
  clearFault(id: number): void;
  clearFaults(): void;
  /** Release the ONNX Runtime sessions. */
  close(): Promise<void>;
}

/**
 * Cut a model around layers that shall run on an array.
 * @throws {ModelError} for a layer that is not in the model or cannot run on an array, a model that ONNX Runtime
 *   refuses, or an unknown lowering.
 */
export async function replaceLayers(model: OnnxModel, options: ReplaceOptions): Promise<ReplacedModel> {
  const { layers: names, backend } = options;
  const lowering = checkLowering(options.lowering ?? DEFAULT_LOWERING);
  const found = chooseLayers(model, backend.design.spec.types, names);
  const { index, runners, close: closeStages } = await openStages(model, found, { lowering });
  const exact = exactSums();
  const close = async (): Promise<void> => {
    await exact.close();
    await closeStages();
  };
  const layers = found.map(({ name }) => name);
  const prefix = new Prefix(!runners[0]?.stage.nodes.some(isRandom));
  const faults = new FaultSet(backend.design, layers, options.faults ?? []);
  const run: ReplacedModel['run'] = (inputs, { faults: instead, ...rest } = {}) => {
    const placed = instead ? instead.map((fault) => placeFault(fault, {}, layers)) : faults.placed;
    return runStages(model, index, runners, inputs, { ...rest, backend, faults: placed, prefix, exactSums: exact });
  };
  return {
    layers,
    run,
    async *runBatches(batches, rest) {
      for await (const inputs of batches) yield await run(inputs, rest);
    },
    addFault: (fault, place) => faults.add(fault, place),
    clearFault: (id) => faults.clear(id),
    clearFaults: () => faults.clearAll(),
    close,
  };
}
