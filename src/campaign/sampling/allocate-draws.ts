/**
 * Share out a number of draws among strata in proportion to their sizes, by largest remainder, none more than its size.
 * Where there are draws enough, each stratum that is not empty has at least one: without any, nothing can be said of it.
 */
export function allocateDraws(count: number, sizes: readonly number[]): number[] {
  if (count >= sum(sizes)) return [...sizes];
  const shares = sizes.map(() => 0);
  let open = sizes.flatMap((size, n) => (size > 0 ? [n] : []));
  let left = count;
  for (let small = open; open.length <= left && small.length > 0; ) {
    const whole = sum(open.map((n) => sizes[n]!));
    small = open.filter((n) => left * (sizes[n]! / whole) < 1);
    for (const n of small) shares[n] = 1;
    left -= small.length;
    open = open.filter((n) => shares[n] === 0);
  }
  const whole = sum(open.map((n) => sizes[n]!));
  const quotaOf = (n: number) => left * (sizes[n]! / whole);
  for (const n of open) shares[n] = Math.floor(quotaOf(n));
  const byRemainder = open.toSorted((p, q) => (quotaOf(q) % 1) - (quotaOf(p) % 1) || p - q);
  for (const n of byRemainder.slice(0, count - sum(shares))) shares[n]!++;
  return shares;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
