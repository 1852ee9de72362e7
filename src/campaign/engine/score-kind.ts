import type { OnnxModel, ValueInfo } from '../../onnx/file/model.ts';
import { indexGraph } from '../../onnx/graph/graph-index.ts';
import type { ScoreKind } from './clean-scores.ts';

/** Operators that leave the meaning of scores as it is: their shape or element type changes, or they are rounded. */
const TRANSPARENT = new Set([
  ...['Identity', 'Cast', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose', 'Dropout'],
  ...['QuantizeLinear', 'DequantizeLinear'],
]);

/** Tell what the model's scores are from the operator that makes them. */
export function scoreKindOf({ graph, outputs }: OnnxModel): ScoreKind {
  const { producers } = indexGraph(graph);
  const scores = outputs.find(mayBeScores);
  let node = producers.get(scores?.name ?? '');
  while (node && TRANSPARENT.has(node.opType)) node = producers.get(node.input[0] ?? '');
  if (node?.opType === 'Softmax') return 'probabilities';
  return node?.opType === 'LogSoftmax' ? 'log_probabilities' : 'logits';
}

/** As far as is declared: one row per item and one column per class, as `findScores` takes them. */
function mayBeScores({ shape }: ValueInfo): boolean {
  return shape === null || (shape.length >= 2 && shape.slice(2).every((side) => side === null || side === 1));
}
