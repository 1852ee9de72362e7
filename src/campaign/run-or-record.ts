import { ChangedError } from '../errors.ts';
import type { FaultOutcome } from './outcome.ts';
import type { Runner } from './workers/runner.ts';

/**
 * Run faults; those that fail are tried once more alone, and then told as errors.
 * @throws {ChangedError} from the runner, and the signal's reason
 */
export async function runOrRecord(
  runner: Pick<Runner, 'run'>,
  numbers: readonly number[],
  signal: AbortSignal | undefined,
): Promise<FaultOutcome[]> {
  const attempt = async (some: readonly number[]): Promise<FaultOutcome[]> => {
    const outcomes = await runner.run(some);
    return some.map((n, at) => ({ n, images: outcomes[at]!, error: null }));
  };
  try {
    return await attempt(numbers);
  } catch (error) {
    if (error instanceof ChangedError) throw error;
    const outcomes: FaultOutcome[] = [];
    for (const n of numbers) {
      signal?.throwIfAborted();
      try {
        outcomes.push(...(await attempt([n])));
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof ChangedError) throw error;
        outcomes.push({ n, images: [], error: (error as Error).message });
      }
    }
    return outcomes;
  }
}
