import { createHash } from 'node:crypto';

/** A permutation of the numbers 0 … size − 1. */
export interface Permutation {
  /** Give the number in place `n`, 0 ≤ n < size. */
  at(n: number): number;
}

const ROUNDS = 8;

/** With smaller digits a network cannot reach all orders equally often. */
const LEAST_BASE = 8;

/**
 * Make a pseudo-random permutation of 0 … size − 1, size at most 2^53: a pure function of size and key, which keeps no list. A
 * number n < a·b, with a ≈ b ≈ √size, is written as two digits that take turns in being moved by a hash of the other (a
 * Feistel network; Black and Rogaway, Ciphers with Arbitrary Finite Domains, CT-RSA 2002). Where it gives a number
 * beyond size, it is applied again, until it comes back into range (cycle walking).
 */
export function permutation(size: number, key: string | number): Permutation {
  const keys = createHash('sha512').update(`permutation ${key}`).digest();
  const words = Int32Array.from({ length: 2 * ROUNDS }, (_, n) => keys.readInt32LE(4 * n));
  const a = Math.max(LEAST_BASE, Math.ceil(Math.sqrt(size)));
  const b = Math.max(LEAST_BASE, Math.ceil(size / a));
  return {
    at: (n) => {
      if (!(Number.isInteger(n) && n >= 0 && n < size)) throw new RangeError(`no place ${n} among ${size} numbers`);
      let [left, right] = [n % a, Math.floor(n / a)];
      // The digits are never joined on the way: beyond size they may stand for more than a double counts exactly.
      do {
        for (let round = 0; round < ROUNDS; round++) {
          const hash = hash52(right, words[2 * round]!, words[2 * round + 1]!);
          [left, right] = [right, (left + hash) % (round % 2 === 0 ? a : b)];
        }
      } while (left + a * right >= size);
      return left + a * right;
    },
  };
}

/** Hash a number below 2^32 to 52 bits, so many that a remainder of division by a digit's base is even. */
function hash52(value: number, key: number, next: number): number {
  const high = mix(value ^ key);
  return (high >>> 0) * 2 ** 20 + (mix(high ^ next) >>> 12);
}

/** Let every bit of a 32-bit word change every other (the finaliser of MurmurHash3, by Austin Appleby). */
function mix(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
