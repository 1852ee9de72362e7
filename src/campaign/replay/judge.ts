import { batchScores, cleanScores, compareScores, type ScoreKind, sameScores } from '../engine/clean-scores.ts';
import { becomesNonFinite } from '../engine/compare-outputs.ts';
import type { OutcomeClassifier } from '../engine/layer-engine.ts';
import type { MaskedStage, Outcome } from '../outcome.ts';
import type { LayerRun } from './layer-replay.ts';

/** Say what a fault did to an image, as the campaign would. */
export function judge(
  image: number,
  run: LayerRun,
  kind: ScoreKind,
  classifier: OutcomeClassifier | undefined,
): Outcome {
  const { products, sums, values, cleanOutputs, faultyOutputs } = run;
  const fired = products.some(({ firedCycles }) => firedCycles > 0);
  const [clean] = cleanScores(cleanOutputs, 1, kind);
  const isSame = values.every(({ stage, changed }) => stage !== 'output' || changed === 0);
  const masked = fired && isSame ? maskedAt(run) : { stage: null, maskedBefore: null };
  const outcome: Outcome = {
    image,
    fired,
    ...masked,
    nonFinite: Object.entries(cleanOutputs).some(([name, tensor]) => becomesNonFinite(tensor, faultyOutputs[name]!)),
    corrupted: sums.changed,
    pattern: sums.pattern,
    ...(isSame ? sameScores(clean!) : compareScores(batchScores(faultyOutputs), 0, clean!, kind)),
  };
  if (isSame || !classifier) return outcome;
  return { ...outcome, ...classifier({ outputs: faultyOutputs, clean: cleanOutputs, outcome }) };
}

/** Find from where on everything is as without the fault, given that the outputs are. */
function maskedAt({ sums, values }: LayerRun): { readonly stage: MaskedStage; readonly maskedBefore: string | null } {
  if (sums.changed === 0) return { stage: 'array', maskedBefore: null };
  const first = values.find(({ settled }) => settled)!;
  return { stage: first.stage === 'output' ? 'outputs' : first.stage, maskedBefore: first.before };
}
