import type { Backend } from '../../backend/backend.ts';
import { numberReader } from '../../dtype/element-store.ts';
import { sameBits } from '../engine/image-values.ts';
import type { LayerChange, LayerFault, ProductRun } from '../engine/layer-fault.ts';
import type { RecordedLayer } from '../engine/recorded-layer.ts';
import type { Outcome } from '../outcome.ts';

/** What a fault did to one image on another backend. */
export interface ImageValidation extends Pick<Outcome, 'image' | 'fired' | 'corrupted' | 'pattern'> {
  /** What differs from the simulator, in words; null where nothing does. */
  readonly difference: string | null;
}

/** Run a layer's products under a fault by the simulator, and in full on another backend, and compare every bit of every sum. */
export async function validateImage(
  acting: LayerFault,
  recorded: RecordedLayer,
  image: number,
  other: Backend,
): Promise<ImageValidation> {
  const fast = acting.applyFast(recorded);
  const changes = fast && changesOf(fast);
  const simulated = fast ? null : await acting.start(recorded);
  const ran = await acting.start(recorded, other);
  const change = acting.finish(recorded, ran);
  const { fired, corrupted, pattern } = change;
  const difference = changes ? differenceOfChanges(changes, changesOf(change)) : differenceOfRuns(simulated!, ran);
  return { image, fired, corrupted, pattern, difference };
}

interface Changes {
  readonly fired: boolean;
  /** The changed sums by their places. */
  readonly sums: ReadonlyMap<number, number>;
}

/** Keep what a fault changed beyond the next image. */
function changesOf({ fired, corrupted, elements, sums }: LayerChange): Changes {
  return { fired, sums: new Map(Array.from({ length: corrupted }, (_, n) => [elements[n]!, sums[n]!])) };
}

function differenceOfChanges(simulated: Changes, ran: Changes): string | null {
  for (const element of new Set([...simulated.sums.keys(), ...ran.sums.keys()])) {
    const [x, y] = [simulated, ran].map(({ sums }) => sums.get(element));
    if (x !== y) return inWords(`sum ${element}`, x ?? 'unchanged', y ?? 'unchanged');
  }
  return differenceInFiring(simulated.fired, ran.fired);
}

/** Compare whole results, whose sums may be wider than 32 bits. */
function differenceOfRuns(simulated: readonly ProductRun[], ran: readonly ProductRun[]): string | null {
  for (const [product, { result }] of simulated.entries()) {
    const other = ran[product]!.result;
    if (sameBits(result, other)) continue;
    const [x, y] = [result, other].map(({ type, data }) => ({ read: numberReader(type), data }));
    const element = Array.from({ length: result.data.length }, (_, at) => at).find(
      (at) => !Object.is(x!.read(x!.data, at), y!.read(y!.data, at)),
    );
    // Not-a-numbers may differ in bits that no number shows.
    if (element === undefined) return `the sums of product ${product} differ in the bits of a NaN`;
    const name = `sum ${element} of product ${product}`;
    return inWords(name, x!.read(x!.data, element), y!.read(y!.data, element));
  }
  const fired = (runs: readonly ProductRun[]) => runs.some((run) => run.fired);
  return differenceInFiring(fired(simulated), fired(ran));
}

function differenceInFiring(simulated: boolean, ran: boolean): string | null {
  if (simulated === ran) return null;
  return `the fault ${simulated ? 'fired' : 'did not fire'} by the simulator only`;
}

function inWords(what: string, simulated: unknown, ran: unknown): string {
  return `${what} is ${simulated} by the simulator, ${ran} by the other`;
}
