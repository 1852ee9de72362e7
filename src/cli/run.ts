import type { BackendKind } from '../backend/backend.ts';
import { checkFaultSlots } from '../backend/job.ts';
import { openBackend } from '../backend/open.ts';
import { OperandError } from '../errors.ts';
import { type OnnxModel, openModel } from '../onnx/file/model.ts';
import { chooseLayers } from '../onnx/graph/layers.ts';
import type { Lowering } from '../onnx/lowering/lowering.ts';
import { countCorrect, holdsScores, predictClasses } from '../onnx/run/classes.ts';
import type { LayerReport } from '../onnx/run/layer-report.ts';
import { checkInputs } from '../onnx/run/model-inputs.ts';
import { replaceLayers } from '../onnx/run/replace-layers.ts';
import type { ModelResult } from '../onnx/run/run-stages.ts';
import { readNpy, writeNpy } from '../tensor/npy.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { openArray } from './array.ts';
import { type FaultDocument, faultDocuments, type StatsDocument } from './documents.ts';
import { assertWritable, filesByName, readTensor } from './files.ts';
import type { Action } from './program.ts';
import { describeRun, overflowWarnings } from './run-text.ts';

interface Flags {
  readonly array: string;
  readonly layers?: readonly string[];
  readonly lowering: Lowering;
  readonly input: readonly string[];
  readonly labels?: string;
  readonly output: readonly string[];
  readonly backend: BackendKind;
  readonly fault: readonly string[];
}

/** What `espalier run --json` prints. */
export interface RunDocument {
  readonly model: string;
  readonly array: string;
  readonly hash: string;
  readonly backend: BackendKind;
  readonly layers: readonly LayerDocument[];
  readonly outputs: readonly OutputDocument[];
  /** The class with the highest score for every image; null when no output holds scores. */
  readonly predictions: readonly number[] | null;
  /** Null without --labels. */
  readonly correct: { readonly count: number; readonly of: number; readonly accuracy: number } | null;
}

export interface LayerDocument {
  readonly name: string;
  readonly op: string;
  readonly lowering: LayerReport['lowering'];
  readonly products: number;
  readonly macs: number;
  readonly stats: StatsDocument;
  readonly faults: readonly FaultDocument[];
  readonly accumulator: LayerReport['accumulator'];
}

export interface OutputDocument {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** The file it was written to; null when it was not. */
  readonly file: string | null;
}

export const run: Action<[model: string], Flags> = async (session, [path], flags) => {
  const { signal, progress } = session;
  const { design, faults } = openArray(flags.array, flags.fault);
  const model = await openModel(path);
  chooseLayers(model, design.spec.types, flags.layers);
  const inputs = await readInputs(model, flags.input);
  checkInputs(model, inputs);
  const labels = flags.labels === undefined ? null : await readNpy(flags.labels);
  const files = await filesByName(flags.output, {
    flag: '-o',
    thing: 'output',
    names: model.outputs.map(({ name }) => name),
  });
  for (const file of files.values()) await assertWritable(file);
  checkFaultSlots(design, flags.backend, faults.length);
  const backend = await openBackend(design, flags.backend, { signal, onProgress: progress.tell });
  try {
    const replaced = await replaceLayers(model, { layers: flags.layers, lowering: flags.lowering, backend, faults });
    try {
      const result = await replaced.run(inputs, {
        signal,
        onProgress: ({ layer, layerIndex, layerCount, doneProducts, totalProducts, doneTiles, totalTiles }) => {
          const products = doneProducts + (totalTiles > 0 ? doneTiles / totalTiles : 0);
          const share = (layerIndex + products / totalProducts) / layerCount;
          progress.tell(`layer ${layer}, product ${doneProducts} of ${totalProducts}`, share, 1);
        },
      });
      const document = documentOf(result, labels, files, { model, design, backend: flags.backend });
      for (const [name, file] of files) await writeNpy(file, result.outputs[name]!);
      session.report(document, describeRun(document));
      for (const warning of overflowWarnings(document.layers)) session.warn(warning);
    } finally {
      await replaced.close();
    }
  } finally {
    await backend.close();
  }
};

async function readInputs(model: OnnxModel, texts: readonly string[]): Promise<Record<string, Tensor>> {
  const names = model.inputs.map(({ name }) => name);
  const files = await filesByName(texts, { flag: '--input', thing: 'input', names });
  const inputs: Record<string, Tensor> = {};
  for (const [name, file] of files) inputs[name] = await readTensor(file);
  return inputs;
}

function documentOf(
  { outputs, layers }: ModelResult,
  labels: Tensor | null,
  files: ReadonlyMap<string, string>,
  {
    model,
    design,
    backend,
  }: {
    readonly model: OnnxModel;
    readonly design: { readonly name: string; readonly hash: string };
    readonly backend: BackendKind;
  },
): RunDocument {
  const scores = Object.values(outputs).find(holdsScores);
  if (labels && !scores) throw new OperandError('--labels needs an output with scores, N×classes; the model has none');
  const predictions = scores ? predictClasses(scores) : null;
  const correct = labels && predictions ? countCorrect(predictions, labels) : null;
  return {
    model: model.path,
    array: design.name,
    hash: design.hash,
    backend,
    layers: layers.map(({ faults, ...layer }) => ({ ...layer, faults: faultDocuments(faults) })),
    outputs: Object.entries(outputs).map(([name, { type, shape }]) => ({
      name,
      dtype: type,
      shape,
      file: files.get(name) ?? null,
    })),
    predictions,
    correct:
      correct === null || predictions === null
        ? null
        : { count: correct, of: predictions.length, accuracy: correct / predictions.length },
  };
}
