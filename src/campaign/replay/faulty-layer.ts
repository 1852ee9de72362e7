import type { Backend, MatmulJob } from '../../backend/backend.ts';
import { faultyProduct } from '../../onnx/run/faulty-product.ts';
import type { ArrayLayer } from '../../onnx/run/run-stages.ts';
import { bitsOf, type Tensor, tensor } from '../../tensor/tensor.ts';
import type { CampaignFault } from '../campaign-fault.ts';
import { sameBits } from '../engine/image-values.ts';
import { type RecordedLayer, rerunLayer } from '../engine/recorded-layer.ts';
import type { ProductReplay } from './replay-report.ts';

/** A layer under a fault, for one image. */
export interface FaultyLayer {
  /** The products in which the fault acts, with the jobs that the array ran. */
  readonly products: readonly (ProductReplay & { readonly job: MatmulJob })[];
  /** Sums in the shape of the result, before bias and requantisation. */
  readonly sums: Tensor;
  readonly result: Tensor;
}

/**
 * Run a layer under a fault the plain way: on the backend every product in which the fault acts, or to which it
 * comes by the sums of an earlier one, then the whole layer on what came out.
 */
export async function runFaultyLayer(
  layer: ArrayLayer,
  recorded: RecordedLayer,
  { fault, channel, product: only }: CampaignFault,
  backend: Backend,
  signal: AbortSignal | undefined,
): Promise<FaultyLayer> {
  const placed = { fault, layer: null, channel, product: only };
  const products: FaultyLayer['products'][number][] = [];
  const results: Tensor[] = [];
  for (const [number, { a, b, previous, result: clean, channels }] of recorded.products.entries()) {
    signal?.throwIfAborted();
    const c = previous === null ? undefined : results[previous]!;
    const acts = only === null || only === number;
    if (!acts && (previous === null || sameBits(c!, recorded.products[previous]!.result))) {
      results.push(clean);
      continue;
    }
    const job = { a, b, c };
    const { result, firedCycles } = await faultyProduct(backend, job, [placed], channels, { signal }, number);
    results.push(result);
    const changed = countDiffering(clean, result);
    if (acts) products.push({ product: number, firedCycles: firedCycles[0]!, changed, job });
  }
  let sums: Tensor | undefined;
  const { types } = backend.design.spec;
  // The layer may go on to work on its sums in place.
  const result = await rerunLayer(layer, recorded.operands, types, results, ({ type, shape, data }) => {
    sums = tensor(type, shape, data.slice());
  });
  return { products, sums: sums ?? result, result };
}

function countDiffering(x: Tensor, y: Tensor): number {
  const [before, after] = [bitsOf(x.data), bitsOf(y.data)];
  let count = 0;
  for (let at = 0; at < before.length; at++) if (before[at] !== after[at]) count++;
  return count;
}
