import type { Fault } from '../fault/fault.ts';

/** One fault of a campaign: what acts, and in which products of the model. */
export interface CampaignFault {
  /** Its number in the campaign: the same (campaign text, seed, n) always gives the same fault. */
  readonly n: number;
  /** Number of the stratum that it was drawn from; 0 in a simple random sample. */
  readonly stratum: number;
  /** Number of the layer, in the order of the campaign's layers. */
  readonly layer: number;
  /** The only output channel in which it shows; null for all. */
  readonly channel: number | null;
  /**
   * The only product of an image in which it acts, counted from 0 in the order in which the layer runs them; null for
   * all. A fault of one cycle acts in one product.
   */
  readonly product: number | null;
  /** The cycle of that product in which a transient fault acts, counted from its first beat; null for a permanent fault. */
  readonly productCycle: number | null;
  /** The fault of the array; cycles of its window count from the first beat of the product, or of the tile it names. */
  readonly fault: Fault;
}
