/** A fault of a made-up population. */
export interface MadeFault {
  readonly stratum: number;
  readonly layer: number;
  readonly node: string;
  readonly bit: number;
  readonly kind: string;
  readonly x: number;
  readonly y: number;
}

/** Nothing is forwarded from the last PE of a row or column. */
export function deadBy({ node, x, y }: MadeFault, pes: readonly (readonly [number, number])[]): boolean {
  const places = PLACES.get(pes) ?? new Set(pes.map((place) => place.join()));
  PLACES.set(pes, places);
  return (node === 'a_out' && !places.has(`${x},${y + 1}`)) || (node === 'b_out' && !places.has(`${x + 1},${y}`));
}

const PLACES = new WeakMap<object, Set<string>>();

/** How often the fault changes the class: more in high bits, in sums, in the last layer and near one corner. */
export function harmOf({ layer, node, bit, kind, x, y }: MadeFault): number {
  const isSum = node === 'c' || node === 'c_in';
  const high = isSum ? Math.max(0, (bit - 10) / 22) : bit / 8;
  const place = 1 / (1 + 0.15 * Math.hypot(x - 2, y - 2));
  return Math.min(
    0.95,
    0.6 * high ** 2 * (isSum ? 1.2 : 0.5) * (kind === 'stuck_at_1' ? 1 : 0.6) * place * (0.7 + 0.2 * layer),
  );
}
