/** How many are run ahead on a backend that works in a process of its own. */
const AHEAD = 2;

/** Start something for each item, a few ahead of the one whose result is taken; results come in the order of the items. */
export async function* runAhead<T, R>(items: readonly T[], start: (item: T) => Promise<R>): AsyncGenerator<R, void> {
  const running: Promise<R>[] = [];
  for (let n = 0; n < items.length + AHEAD; n++) {
    if (n < items.length) {
      const own = start(items[n]!);
      // Awaited in its turn; until then one before it may fail.
      own.catch(() => {});
      running.push(own);
    }
    if (n >= AHEAD) yield await running.shift()!;
  }
}
