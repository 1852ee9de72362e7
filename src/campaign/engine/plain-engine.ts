import type { Backend } from '../../backend/backend.ts';
import type { OnnxModel } from '../../onnx/file/model.ts';
import type { Lowering } from '../../onnx/lowering/lowering.ts';
import { type ReplacedModel, replaceLayers } from '../../onnx/run/replace-layers.ts';
import type { LayerTensors } from '../../onnx/run/run-stages.ts';
import { bitsOf, elementCount, type Tensor } from '../../tensor/tensor.ts';
import type { CampaignFault } from '../campaign-fault.ts';
import type { Outcome } from '../outcome.ts';
import { batchScores, cleanScores, compareScores, sameScores } from './clean-scores.ts';
import { becomesNonFinite } from './compare-outputs.ts';
import type { ImageInputs } from './engine.ts';
import { sameBits } from './image-values.ts';
import { PatternFinder } from './pattern.ts';
import { scoreKindOf } from './score-kind.ts';

export interface PlainEngineOptions {
  readonly model: OnnxModel;
  readonly backend: Backend;
  readonly layers: readonly string[];
  readonly lowering: Lowering;
  readonly images: readonly number[];
  readonly read: (places: readonly number[]) => Promise<readonly ImageInputs[]>;
}

interface PlainRun {
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly layer: LayerTensors;
  readonly fired: boolean;
}

/**
 * Runs faults one by one, image by image, each time the whole model from its inputs to its outputs and the whole layer on the
 * backend: what the campaign engine must agree with. Of what comes out without a fault, nothing but the last values are kept. It does not look for the stage behind the layer at which a fault is
 * masked; such outcomes have the stage `outputs`.
 */
export class PlainEngine {
  readonly #options: PlainEngineOptions;
  readonly #models = new Map<number, ReplacedModel>();
  readonly #clean = new Map<string, PlainRun>();

  constructor(options: PlainEngineOptions) {
    this.#options = options;
  }

  async run(faults: readonly CampaignFault[]): Promise<Outcome[][]> {
    const outcomes: Outcome[][] = [];
    for (const fault of faults) {
      const own: Outcome[] = [];
      for (const image of this.#options.images) own.push(await this.#runImage(fault, image));
      outcomes.push(own);
    }
    return outcomes;
  }

  async close(): Promise<void> {
    for (const model of this.#models.values()) await model.close();
  }

  async #runImage(fault: CampaignFault, image: number): Promise<Outcome> {
    const { model, backend } = this.#options;
    const [inputs] = await this.#options.read([image]);
    const key = `${fault.layer} ${image}`;
    const clean = this.#clean.get(key) ?? (await this.#runOnce(fault.layer, null, inputs!));
    this.#clean.set(key, clean);
    const faulty = await this.#runOnce(fault.layer, fault, inputs!);
    const pattern = findPattern(clean.layer, faulty.layer, backend);
    const kind = scoreKindOf(model);
    const [scores] = cleanScores(clean.outputs, 1, kind);
    const names = Object.keys(clean.outputs);
    const isSame = names.every((name) => sameBits(clean.outputs[name]!, faulty.outputs[name]!));
    const stage =
      pattern.count === 0 ? 'array' : sameBits(clean.layer.output, faulty.layer.output) ? 'layer' : 'outputs';
    return {
      image,
      fired: faulty.fired,
      stage: faulty.fired && isSame ? stage : null,
      maskedBefore: null,
      nonFinite: names.some((name) => becomesNonFinite(clean.outputs[name]!, faulty.outputs[name]!)),
      corrupted: pattern.count,
      pattern: pattern.pattern,
      ...(isSame ? sameScores(scores!) : compareScores(batchScores(faulty.outputs), 0, scores!, kind)),
    };
  }

  async #runOnce(layer: number, fault: CampaignFault | null, inputs: ImageInputs): Promise<PlainRun> {
    const { model, backend, layers, lowering } = this.#options;
    const name = layers[layer]!;
    const replaced = this.#models.get(layer) ?? (await replaceLayers(model, { layers: [name], backend, lowering }));
    this.#models.set(layer, replaced);
    replaced.clearFaults();
    if (fault) {
      const { channel, product } = fault;
      replaced.addFault(fault.fault, {
        layer: name,
        ...(channel !== null && { channel }),
        ...(product !== null && { product }),
      });
    }
    let tensors: LayerTensors | undefined;
    const { outputs, layers: reports } = await replaced.run(inputs, {
      onLayer(shown) {
        tensors = shown;
      },
    });
    return { outputs, layer: tensors!, fired: reports[0]!.faults.some(({ firedCycles }) => firedCycles > 0) };
  }
}

/** Find the pattern from the sums of the layer: [1, channels, …] of a convolution, [rows, columns] of other products. */
function findPattern(clean: LayerTensors, faulty: LayerTensors, { design }: Backend): PatternFinder {
  const { shape, data } = clean.accumulator;
  const [n1, n2] = design.spec.size;
  const pattern = new PatternFinder([n1, n2]);
  const [before, after] = [bitsOf(data), bitsOf(faulty.accumulator.data)];
  const isConvolution = shape.length > 2;
  const pixels = elementCount(shape.slice(2));
  for (let at = 0; at < before.length; at++) {
    if (before[at] === after[at]) continue;
    if (isConvolution) pattern.add(at % pixels, Math.floor(at / pixels));
    else pattern.add(Math.floor(at / shape[1]!), at % shape[1]!);
  }
  return pattern;
}
