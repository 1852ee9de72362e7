import type { Backend, BackendKind } from '../backend/backend.ts';
import { checkFaultSlots } from '../backend/job.ts';
import { openBackend } from '../backend/open.ts';
import { readLabels } from '../data/labels.ts';
import type { Fault } from '../fault/fault.ts';
import { type OnnxModel, openModel } from '../onnx/file/model.ts';
import { chooseLayers } from '../onnx/graph/layers.ts';
import type { Lowering } from '../onnx/lowering/lowering.ts';
import { type EvaluateOptions, type Evaluation, type EvaluationProgress, evaluate } from '../onnx/run/evaluate.ts';
import { layerDump } from '../onnx/run/layer-dump.ts';
import { type ModelBatches, modelBatches } from '../onnx/run/model-batches.ts';
import { type FaultPlace, placeFault, splitFaultPlace } from '../onnx/run/placed-fault.ts';
import { replaceLayers } from '../onnx/run/replace-layers.ts';
import { openRuntimeModel } from '../onnx/run/runtime-model.ts';
import { writeNpy } from '../tensor/npy.ts';
import { writeNpz } from '../tensor/npz.ts';
import { openArray } from './array.ts';
import { assertWritable, filesByName } from './files.ts';
import type { Action } from './program.ts';
import { runDocument } from './run-document.ts';
import { type InputFlags, openInputs } from './run-inputs.ts';
import { describeRun, overflowWarnings } from './run-text.ts';
import type { Session } from './session.ts';

interface Flags extends InputFlags {
  readonly array: string;
  readonly layers?: readonly string[];
  readonly lowering: Lowering;
  readonly limit?: number;
  readonly batch?: number;
  readonly labels?: string;
  readonly baseline?: boolean;
  readonly output: readonly string[];
  readonly backend: BackendKind;
  readonly fault: readonly string[];
  readonly compare?: boolean;
  readonly dump?: string;
  readonly strict?: boolean;
}

export const run: Action<[model: string], Flags> = async (session, [path], flags) => {
  const { design, faultOf } = openArray(flags.array);
  const model = await openModel(path);
  const names = chooseLayers(model, design.spec.types, flags.layers).map(({ name }) => name);
  const faults = flags.fault.map((text) => {
    const { place, fault } = splitFaultPlace(text, names);
    return { place, fault: placeFault(faultOf(fault), place, names).fault };
  });
  checkFaultSlots(design, flags.backend, faults.length);
  const inputs = await openInputs(model, flags);
  try {
    const batches = modelBatches(model, inputs.sources, flags);
    const labels = flags.labels === undefined ? null : await readLabels(flags.labels, batches.available);
    const files = await filesByName(flags.output, {
      flag: '-o',
      thing: 'output',
      names: model.outputs.map(({ name }) => name),
    });
    for (const file of files.values()) await assertWritable(file);
    if (flags.dump !== undefined) await assertWritable(flags.dump);
    const { signal, progress } = session;
    const backend = await openBackend(design, flags.backend, { signal, onProgress: progress.tell });
    const dump = flags.dump === undefined ? null : layerDump();
    try {
      const evaluation = await evaluateModel(session, { model, backend, batches, faults }, flags, {
        labels,
        keep: [...files.keys()],
        onLayer: dump?.take,
      });
      for (const { name, value } of evaluation.outputs) if (value) await writeNpy(files.get(name)!, value);
      if (dump) await writeNpz(flags.dump!, dump.tensors());
      const document = runDocument(evaluation, files, {
        model: model.path,
        array: design.name,
        hash: design.hash,
        backend: flags.backend,
        items: batches.items,
        batches: batches.count,
        dump: flags.dump ?? null,
      });
      session.report(document, describeRun(document));
      for (const warning of overflowWarnings(document.layers)) session.warn(warning);
    } finally {
      await backend.close();
    }
  } finally {
    await inputs.close();
  }
};

interface Parts {
  readonly model: OnnxModel;
  readonly backend: Backend;
  readonly batches: ModelBatches;
  readonly faults: readonly { readonly place: FaultPlace; readonly fault: Fault }[];
}

async function evaluateModel(
  { signal, progress }: Session,
  { model, backend, batches, faults }: Parts,
  { layers, lowering, baseline, compare, strict }: Flags,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const replaced = await replaceLayers(model, { layers, lowering, backend });
  const runtime = baseline ? await openRuntimeModel(model) : null;
  try {
    for (const { fault, place } of faults) replaced.addFault(fault, place);
    return await evaluate(replaced, batches, {
      ...options,
      baseline: runtime,
      compare,
      strict,
      signal,
      onProgress: (at) => progress.tell(wording(at, batches.count), share(at, batches.count), 1),
    });
  } finally {
    await runtime?.close();
    await replaced.close();
  }
}

function wording({ batch, layer, doneProducts, totalProducts }: EvaluationProgress, batches: number): string {
  const which = batches > 1 ? `batch ${batch + 1} of ${batches}, ` : '';
  return `${which}layer ${layer}, product ${doneProducts} of ${totalProducts}`;
}

function share(at: EvaluationProgress, batches: number): number {
  const { batch, layerIndex, layerCount, doneProducts, totalProducts, doneTiles, totalTiles } = at;
  const products = doneProducts + (totalTiles > 0 ? doneTiles / totalTiles : 0);
  return (batch + (layerIndex + products / totalProducts) / layerCount) / batches;
}
