import { EspalierError } from '../../errors.ts';
import { type CampaignMistake, campaignError } from '../../spec/campaign-mistakes.ts';
import type { CampaignSpec } from '../campaign-spec.ts';

/** Collects all that is wrong between a campaign and its model, data and array, to refuse it once. */
export class Mistakes {
  readonly #found: CampaignMistake[] = [];

  add(mistakes: readonly CampaignMistake[]): void {
    this.#found.push(...mistakes);
  }

  /** Do something; when it is refused, null, and the reason is a mistake at a place of the campaign. */
  async attempt<T>(place: Pick<CampaignMistake, 'word' | 'entry'>, action: () => T | Promise<T>): Promise<T | null> {
    try {
      return await action();
    } catch (cause) {
      if (!(cause instanceof EspalierError)) throw cause;
      this.#found.push({ ...place, message: cause.message, cause });
      return null;
    }
  }

  /** Whether something was found in one of the statements. */
  isAt(...words: CampaignMistake['word'][]): boolean {
    return this.#found.some(({ word }) => words.includes(word));
  }

  /** @throws {EspalierError} with everything that was found */
  refuse(spec: CampaignSpec): void {
    if (this.#found.length > 0) throw campaignError(spec, this.#found);
  }
}
