import type { OnnxModel } from '../../onnx/file/model.ts';
import { indexGraph } from '../../onnx/graph/graph-index.ts';
import type { ScoreKind } from './clean-scores.ts';

/** Tell what the model's scores are from the operator that makes them. */
export function scoreKindOf({ graph, outputs }: OnnxModel): ScoreKind {
  const { producers } = indexGraph(graph);
  const kinds = outputs.map(({ name }) => producers.get(name)?.opType);
  if (kinds.includes('Softmax')) return 'probabilities';
  return kinds.includes('LogSoftmax') ? 'log_probabilities' : 'logits';
}
