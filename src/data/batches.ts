import type { Tensor } from '../tensor/tensor.ts';
import type { DataSource } from './data-source.ts';

/** Read data batch by batch; the last batch holds what is left. */
export async function* batches(
  source: DataSource,
  size: number,
): AsyncGenerator<{ readonly first: number; readonly batch: Tensor }> {
  for (let first = 0; first < source.count; first += size) {
    yield { first, batch: await source.read(first, Math.min(size, source.count - first)) };
  }
}
