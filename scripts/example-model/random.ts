/** A stream of pseudo-random numbers that depends on nothing but its seed. */
export interface Random {
  /** Draw uniformly from [low, high). */
  uniform(low: number, high: number): number;
  /** Draw from the normal distribution. */
  normal(mean: number, deviation: number): number;
  /** Draw one of the items, all equally likely. */
  pick<T>(items: readonly [T, ...T[]]): T;
}

/** Start the stream of a seed. Source: Mulberry32 (T. Ettinger, public domain); normal numbers by Box and Muller. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
  const uniform = (low: number, high: number) => low + (high - low) * next();
  return {
    uniform,
    normal: (mean, deviation) =>
      mean + deviation * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    pick: (items) => items[Math.floor(next() * items.length)]!,
  };
}
