import { OperandError } from '../../errors.ts';
import { type Tensor, tensor } from '../../tensor/tensor.ts';
import { holdsScores, predictClasses } from './classes.ts';
import { countTopK } from './top-k.ts';

/** How many items were put into their true class. */
export interface Accuracy {
  readonly items: number;
  /** Items whose highest score is that of their class. */
  readonly top1: number;
  /** Items whose class is among the five highest scores. */
  readonly top5: number;
}

/**
 * Find the first output that looks like scores, one row per item and one column per class; further axes of length 1
 * are dropped. Null when there is none.
 */
export function findScores(outputs: Readonly<Record<string, Tensor>>): Tensor | null {
  for (const { type, shape, data } of Object.values(outputs)) {
    const isFlat = shape.length >= 2 && shape.slice(2).every((side) => side === 1);
    const scores = isFlat ? tensor(type, shape.slice(0, 2), data) : null;
    if (scores && holdsScores(scores)) return scores;
  }
  return null;
}

/** Counts, batch by batch, the items whose scores are highest for their class. */
export class AccuracyCount {
  readonly #labels: ArrayLike<number> | null;
  readonly #predictions: number[] = [];
  #top1 = 0;
  #top5 = 0;
  #scored = true;

  /** @param labels the class of every item of all batches; null to collect predictions only */
  constructor(labels: ArrayLike<number> | null) {
    this.#labels = labels;
  }

  /**
   * Count the next items.
   * @throws {OperandError} when there are labels and no scores, or a label is no class.
   */
  add(outputs: Readonly<Record<string, Tensor>>): void {
    const scores = findScores(outputs);
    if (!scores) {
      if (this.#labels) throw new OperandError('labels need an output with scores, N×classes; the model has none');
      this.#scored = false;
      return;
    }
    const first = this.#predictions.length;
    for (const prediction of predictClasses(scores)) this.#predictions.push(prediction);
    if (!this.#labels) return;
    const labels = Array.prototype.slice.call(this.#labels, first, this.#predictions.length) as number[];
    const [, classes = 0] = scores.shape;
    const odd = labels.findIndex((label) => !(label >= 0 && label < classes));
    if (odd >= 0) {
      throw new OperandError(
        `a label must be a class from 0 to ${classes - 1}, received ${labels[odd]} for item ${first + odd}`,
      );
    }
    this.#top1 += countTopK(scores, labels, 1);
    this.#top5 += countTopK(scores, labels, 5);
  }

  /** The class with the highest score for every item; null when no output holds scores. */
  get predictions(): readonly number[] | null {
    return this.#scored ? this.#predictions : null;
  }

  /** Null without labels. */
  get accuracy(): Accuracy | null {
    if (!this.#labels) return null;
    return { items: this.#predictions.length, top1: this.#top1, top5: this.#top5 };
  }
}
