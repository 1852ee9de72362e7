import { openModel } from '../onnx/file/model.ts';
import { type LayerInfo, listLayers } from '../onnx/graph/layers.ts';
import type { Action } from './program.ts';
import { table } from './text.ts';

/** What `espalier layers --json` prints. */
export interface LayersDocument {
  readonly model: string;
  readonly layers: readonly LayerInfo[];
}

export const layers: Action<[model: string], object> = async (session, [path]) => {
  const model = await openModel(path);
  const found = listLayers(model);
  const document: LayersDocument = { model: path, layers: found };
  const rows = found.map(({ name, op, weights, reason }) => [
    name,
    op,
    weights ? `${weights.type} [${weights.shape.join(', ')}]` : 'not in the file',
    reason === null ? 'yes' : `no: ${reason}`,
  ]);
  session.report(
    document,
    rows.length > 0
      ? table([['layer', 'operator', 'weights', 'runs on an array'], ...rows])
      : [`${path} has no layers that multiply matrices`],
  );
};
