import { createHash } from 'node:crypto';
import { uniformBigInt } from 'pure-rand/distribution/uniformBigInt';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** A stream of random choices. */
export interface Random {
  /** An integer from `low` to `high`, both included. */
  int(low: number, high: number): number;
  /** Any 32 bits as a signed number. */
  word(): number;
  /** A number of so many random bits. */
  bits(count: number): bigint;
  /** True in `times` cases out of `outOf`. */
  chance(times: number, outOf: number): boolean;
  pick<T>(items: readonly T[]): T;
}

/** Start the random stream of one trial: a pure function of both numbers, so that any trial can be drawn alone. */
export function trialRandom(seed: number, trial: number): Random {
  return randomStream(seed, trial);
}

/** Start a random stream of its own for a purpose. */
export function randomStream(seed: number, purpose: string | number): Random {
  const digest = createHash('sha256').update(`${seed} ${purpose}`).digest();
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((at) => digest.readInt32LE(at)));
  const int = (low: number, high: number) => uniformInt(generator, low, high);
  return {
    int,
    word: () => generator.next(),
    bits: (count) => uniformBigInt(generator, 0n, (1n << BigInt(count)) - 1n),
    chance: (times, outOf) => int(1, outOf) <= times,
    pick: (items) => items[int(0, items.length - 1)]!,
  };
}
