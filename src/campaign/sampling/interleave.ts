/** Where a number of a merged sequence comes from. */
export interface Turn {
  readonly part: number;
  /** How many numbers of the same part came before. */
  readonly index: number;
}

/**
 * Merge sequences of the given lengths into one in which every beginning holds each in proportion, to within the binary
 * logarithm of their number; gives the turn in place n. The parts are split in halves, and between two halves of
 * lengths p and q place n is the first half's where ⌊n·p/(p + q)⌋ grows. Exact for totals up to 2^53.
 */
export function interleave(lengths: readonly number[]): (n: number) => Turn {
  const before = [0];
  for (const length of lengths) before.push(before.at(-1)! + length);
  const lengthOf = (from: number, to: number) => before[to]! - before[from]!;
  return (n) => {
    if (!(Number.isInteger(n) && n >= 0 && n < before.at(-1)!)) {
      throw new RangeError(`no place ${n} among ${before.at(-1)} numbers`);
    }
    let [from, to, index] = [0, lengths.length, n];
    while (to - from > 1) {
      const middle = (from + to) >> 1;
      const [first, all] = [lengthOf(from, middle), lengthOf(from, to)];
      const ofFirst = scale(index, first, all);
      if (scale(index + 1, first, all) > ofFirst) {
        to = middle;
        index = ofFirst;
      } else {
        from = middle;
        index -= ofFirst;
      }
    }
    return { part: from, index };
  };
}

/** Merge sequences as `interleave` does, after the first `lead` numbers of each, or all if it has fewer. */
export function interleaveAfter(lengths: readonly number[], lead: number): (n: number) => Turn {
  const leads = lengths.map((length) => Math.min(length, lead));
  const first = leads.flatMap((count, part) => Array.from({ length: count }, (_, index) => ({ part, index })));
  const rest = interleave(lengths.map((length, part) => length - leads[part]!));
  return (n) => {
    const turn = first[n];
    if (turn) return turn;
    const { part, index } = rest(n - first.length);
    return { part, index: leads[part]! + index };
  };
}

/** Compute ⌊n·part/whole⌋ exactly. */
function scale(n: number, part: number, whole: number): number {
  const product = n * part;
  if (product <= Number.MAX_SAFE_INTEGER) return Math.floor(product / whole);
  return Number((BigInt(n) * BigInt(part)) / BigInt(whole));
}
