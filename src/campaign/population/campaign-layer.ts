/** A matrix product M×K · K×N of a layer: row or column n of its result is channel `firstChannel` + n. */
export interface CampaignProduct {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly channelAxis: 'rows' | 'columns';
  readonly firstChannel: number;
}

/** A layer in which faults act. */
export interface CampaignLayer {
  readonly name: string;
  /** Number of its output channels. */
  readonly channels: number;
  /** The products of one image, in the order in which the array runs them. */
  readonly products: readonly CampaignProduct[];
}
