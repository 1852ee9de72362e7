/** Find where a function that grows crosses zero between two ends, to the last bit: halve until nothing lies between. */
export function solveIncreasing(difference: (at: number) => number, low: number, high: number): number {
  let [left, right] = [low, high];
  for (;;) {
    const middle = (left + right) / 2;
    if (middle <= left || middle >= right) return middle;
    if (difference(middle) < 0) left = middle;
    else right = middle;
  }
}
