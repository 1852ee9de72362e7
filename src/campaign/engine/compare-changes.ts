import type { LayerChange } from './layer-fault.ts';

/** What a fault changed in the sums of a layer, kept beyond the next image. */
export interface Snapshot {
  readonly fired: boolean;
  /** The changed sums by their places. */
  readonly sums: ReadonlyMap<number, number>;
}

export function snapshot({ fired, corrupted, elements, sums }: LayerChange): Snapshot {
  return { fired, sums: new Map(Array.from({ length: corrupted }, (_, n) => [elements[n]!, sums[n]!])) };
}

/** Say what differs between two backends; null when nothing does. */
export function describeDifference(simulated: Snapshot, ran: Snapshot): string | null {
  for (const element of new Set([...simulated.sums.keys(), ...ran.sums.keys()])) {
    const [x, y] = [simulated, ran].map(({ sums }) => sums.get(element));
    if (x !== y) return `sum ${element} is ${x ?? 'unchanged'} by the simulator, ${y ?? 'unchanged'} by the other`;
  }
  if (simulated.fired === ran.fired) return null;
  return `the fault ${simulated.fired ? 'fired' : 'did not fire'} by the simulator only`;
}
