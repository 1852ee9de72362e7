/** Find the candidate that a misspelt word most likely means; null when none is near. Case is ignored. */
export function nearest<T extends string>(word: string, candidates: readonly T[]): T | null {
  const lower = word.toLowerCase();
  let best: T | null = null;
  let bestDistance = Math.floor(Math.min(word.length, 40) * 0.4) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance && candidate !== word) continue;
    const distance = editDistance(lower, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Say that a word is not one of the known ones, with the nearest of them or else all of them. */
export function unknownWord(thing: string, word: string, known: readonly string[], where = ''): string {
  const near = nearest(word, known);
  return `unknown ${thing} "${word}"${where}, ${near === null ? `expected ${list(known)}` : `did you mean "${near}"?`}`;
}

/** Write out alternatives: `a, b or c`. */
export function list(words: readonly string[], last = 'or'): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

/**
 * Count insertions, deletions, replacements and swaps of neighbours between two words.
 * Source: the optimal string alignment distance, after F. Damerau, CACM 7(3), 1964.
 */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, rows[i - 2]![j - 2]! + 1);
      }
      row.push(cost);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
