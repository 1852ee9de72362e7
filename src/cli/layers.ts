import { EspalierError } from '../errors.ts';
import { type OnnxModel, openModel } from '../onnx/file/model.ts';
import { type LayerInfo, listLayers } from '../onnx/graph/layers.ts';
import type { Lowering } from '../onnx/lowering/lowering.ts';
import { type ModelPlan, planLayers } from '../onnx/plan/plan-layers.ts';
import { openArray } from './array.ts';
import { describeLayers, describePlan } from './layers-text.ts';
import type { Action } from './program.ts';
import type { Session } from './session.ts';

interface Flags {
  readonly array?: string;
  readonly lowering?: Lowering | 'all';
  readonly batch?: number;
  readonly shape: readonly string[];
}

/** What `espalier layers --json` prints. */
export interface LayersDocument {
  readonly model: string;
  readonly layers: readonly LayerInfo[];
}

/** What `espalier layers --array SPEC --json` prints. */
export interface PlanDocument extends ModelPlan {
  readonly model: string;
  readonly array: string;
  readonly hash: string;
}

export const layers: Action<[model: string], Flags> = async (session, [path], flags) => {
  if (flags.array !== undefined) return plan(session, path, flags.array, flags);
  const useless = { lowering: flags.lowering, batch: flags.batch, shape: flags.shape[0] };
  for (const [flag, value] of Object.entries(useless)) {
    if (value !== undefined) throw new EspalierError(`--${flag} is for a plan: it needs --array`);
  }
  const document: LayersDocument = { model: path, layers: listLayers(await openModel(path)) };
  session.report(document, describeLayers(document));
};

async function plan({ report, signal, progress }: Session, path: string, array: string, flags: Flags): Promise<void> {
  const { design } = openArray(array);
  const model = await openModel(path);
  const planned = await planLayers(model, design, {
    lowerings: flags.lowering === undefined || flags.lowering === 'all' ? undefined : [flags.lowering],
    batch: flags.batch,
    shapes: shapesByName(model, flags.shape),
    signal,
    onProgress: (layer, done, total) => progress.tell(`layer ${layer}`, done, total),
  });
  const document: PlanDocument = { model: path, array: design.name, hash: design.hash, ...planned };
  report(document, describePlan(document));
}

function shapesByName(model: OnnxModel, texts: readonly string[]): Record<string, readonly number[]> {
  const shapes: Record<string, readonly number[]> = {};
  for (const text of texts) {
    const [, given, sides] = /^(?:(.+)=)?(\d+(?:x\d+)*)$/.exec(text) ?? [];
    if (sides === undefined) {
      throw new EspalierError(`--shape is lengths with x between them, such as 1x3x224x224, received ${text}`);
    }
    const { length, 0: only } = model.inputs;
    if (given === undefined && length !== 1) {
      throw new EspalierError(`the model has ${length} inputs, say which one is ${sides}: --shape NAME=${sides}`);
    }
    const name = given ?? only!.name;
    if (Object.hasOwn(shapes, name)) throw new EspalierError(`the input "${name}" is given twice by --shape`);
    shapes[name] = sides.split('x').map(Number);
  }
  return shapes;
}
