import type { MachineBackend } from '../../backend/machine-backend.ts';
import { EspalierError } from '../../errors.ts';
import type { CampaignFault } from '../campaign-fault.ts';
import type { CampaignLayer } from '../population/campaign-layer.ts';
import type { FaultyLayer } from './faulty-layer.ts';

/**
 * Check the product that a waveform is wanted of.
 * @throws {EspalierError} for a product that the layer does not run, or in which the fault does not act
 */
export function checkProduct(wanted: number, { n, product }: CampaignFault, { name, products }: CampaignLayer): void {
  if (!(Number.isInteger(wanted) && wanted >= 0 && wanted < products.length)) {
    const many = products.length === 1 ? '1 product' : `${products.length} products`;
    throw new EspalierError(`layer ${name} runs ${many} for an image, counted from 0, received product ${wanted}`);
  }
  if (product !== null && product !== wanted) {
    throw new EspalierError(`fault ${n} acts in product ${product} of layer ${name} only, received product ${wanted}`);
  }
}

/** Choose the product to show: the first in which the fault changes something, else in which it fires, else acts. */
export function chooseProduct(products: FaultyLayer['products']): number {
  const found =
    products.find(({ changed }) => changed > 0) ?? products.find(({ firedCycles }) => firedCycles > 0) ?? products[0];
  return found!.product;
}

/**
 * Run one product under a fault once more and write what the RTL's signals do.
 * @param backend an RTL that was built for tracing
 */
export async function writeWaveform(
  backend: MachineBackend,
  { fault }: CampaignFault,
  { products }: FaultyLayer,
  product: number,
  vcdPath: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { job } = products.find((candidate) => candidate.product === product)!;
  await backend.matmul(job, { faults: [fault], vcdPath, signal });
}
