import type { Design, Pe } from '../design/design.ts';

type Position = Pick<Pe, 'x' | 'y'>;

/** Say where an array has PEs, for a position at which it has none. */
export function describeMissingPe({ name, pes }: Design, position: Position): string {
  const xs = rangeOf(pes.map(({ x }) => x));
  const ys = rangeOf(pes.map(({ y }) => y));
  if (isWithin(position.x, xs) && isWithin(position.y, ys)) {
    const [first, second] = nearestPes(pes, position).map(printPosition);
    return `array ${name} has no PE at ${printPosition(position)}; the nearest are ${first} and ${second}`;
  }
  const extent = `x in ${xs.join(' … ')} and y in ${ys.join(' … ')} (${pes.length} in all)`;
  return `array ${name} has PEs with ${extent}, received ${printPosition(position)}`;
}

/** The two nearest PEs; of equally near ones those with the smaller index. */
function nearestPes(pes: readonly Pe[], { x, y }: Position): readonly Pe[] {
  const distance = (pe: Pe) => (pe.x - x) ** 2 + (pe.y - y) ** 2;
  const byDistance = pes.toSorted((p, q) => distance(p) - distance(q));
  const [first, second] = byDistance.slice(0, 2).sort((p, q) => p.index - q.index);
  return [first!, second!];
}

function rangeOf(values: readonly number[]): readonly [least: number, most: number] {
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}

function isWithin(value: number, [least, most]: readonly [number, number]): boolean {
  return value >= least && value <= most;
}

function printPosition({ x, y }: Position): string {
  return `(${x}, ${y})`;
}
