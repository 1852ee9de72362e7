import type { Backend, MatmulJob, MatmulResult, RunOptions } from '../../backend/backend.ts';
import { bitsOf, type Tensor, tensor } from '../../tensor/tensor.ts';
import type { ChannelLines, PlacedFault } from './placed-fault.ts';

/** A product under placed faults. */
export interface FaultyProduct {
  readonly result: Tensor;
  readonly stats: MatmulResult['stats'];
  /** How often each fault fired, in the order given; 0 for one whose channel the product does not have. */
  readonly firedCycles: readonly number[];
}

/**
 * Run a product under faults of which some show in one output channel only: once with those that show everywhere, and once more
 * for every such channel, of which then only the row or column of that channel is taken.
 * @param number of the product in its layer
 */
export async function faultyProduct(
  backend: Backend,
  job: MatmulJob,
  placed: readonly PlacedFault[],
  { axis, first }: ChannelLines,
  options: Omit<RunOptions, 'faults'>,
  number = 0,
): Promise<FaultyProduct> {
  const firedCycles = placed.map(() => 0);
  const run = async (channel: number | null): Promise<MatmulResult> => {
    const acting = placed.flatMap((fault, n) =>
      (fault.channel === null || fault.channel === channel) && (fault.product ?? number) === number ? [n] : [],
    );
    const result = await backend.matmul(job, { ...options, faults: acting.map((n) => placed[n]!.fault) });
    for (const [at, n] of acting.entries()) {
      if (placed[n]!.channel === channel) firedCycles[n] = result.faults[at]!.firedCycles;
    }
    return result;
  };
  const { result, stats } = await run(null);
  const lines = result.shape[axis === 'rows' ? 0 : 1]!;
  const channels = new Set(placed.flatMap(({ channel }) => (channel === null ? [] : [channel])));
  const present = [...channels].filter((channel) => channel >= first && channel < first + lines);
  if (present.length === 0) return { result, stats, firedCycles };
  const mixed = tensor(result.type, result.shape, result.data.slice());
  for (const channel of present) copyLine(axis, channel - first, (await run(channel)).result, mixed);
  return { result: mixed, stats, firedCycles };
}

/** Copy a row or a column from one matrix to another of the same shape, bit for bit. */
function copyLine(axis: ChannelLines['axis'], line: number, from: Tensor, to: Tensor): void {
  const [rows, columns] = from.shape as [number, number];
  const [source, target] = [bitsOf(from.data), bitsOf(to.data)] as [Int32Array, Int32Array];
  const [start, step, count] = axis === 'rows' ? [line * columns, 1, columns] : [line, columns, rows];
  for (let n = 0, at = start; n < count; n++, at += step) target[at] = source[at]!;
}
