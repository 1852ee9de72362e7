import type { FaultKind, FaultNode } from '../fault/fault.ts';
import type { Lowering } from '../onnx/lowering/lowering.ts';
import type { ArraySpec } from '../spec/array-spec.ts';

/** Where the data of one input of the model come from. */
export interface CampaignData {
  /** Name of the input; null for the only one. */
  readonly input: string | null;
  /** As written; it starts from the folder of the campaign's file. */
  readonly path: string;
  readonly preprocess: string | null;
}

/** Orders in which images are taken: as they lie in the data, or drawn by the seed without repetition. */
export const IMAGE_ORDERS = ['file', 'random'] as const;
export type ImageOrder = (typeof IMAGE_ORDERS)[number];

/** What a sample can be parted by, each part drawn on its own. */
export const STRATA = ['layer', 'node', 'bit', 'kind', 'pe', 'channel'] as const;
export type StratumKey = (typeof STRATA)[number];

/** A kind of the population; `set` has the value that the bits take, cut to each mask. */
export interface PopulationKind {
  readonly kind: FaultKind;
  readonly value: bigint | null;
}

/** Bits 0 is the least significant; `from` to `to` single bits, both included, or several bits at once as a mask. */
export type PopulationBits =
  | { readonly form: 'range'; readonly from: number; readonly to: number }
  | { readonly form: 'mask'; readonly mask: bigint };

/** PEs with x and y between two corners, both included. */
export interface PeBox {
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
}

/** All faults that a campaign is about; a list that is null stands for everything that the array has. */
export interface PopulationSpec {
  readonly kinds: readonly PopulationKind[];
  /** Null: every node of the array except control tokens and the shadow chain. */
  readonly nodes: readonly FaultNode[] | null;
  /** Null: every single bit of each node. A bit that a node is too narrow for is no part of the population. */
  readonly bits: readonly PopulationBits[] | null;
  readonly pes: readonly PeBox[] | null;
  /** Faults that act always, or in one cycle: each cycle of each product of one image is a fault of its own. */
  readonly window: 'permanent' | 'transient';
}

export type SamplingSpec =
  /** Every fault of the population. */
  | { readonly method: 'exhaustive' }
  /** So many faults, in each stratum if `each`. */
  | { readonly method: 'count'; readonly count: number; readonly each: boolean }
  /** As many as a margin needs (Leveugle et al., DATE 2009), in each stratum if `each`. */
  | { readonly method: 'margin'; readonly margin: number; readonly p: number; readonly each: boolean }
  /** Until the interval of every outcome is no wider than the margin on either side. */
  | { readonly method: 'sequential'; readonly margin: number };

/** A fault-injection campaign as one writes it. */
export interface CampaignSpec {
  readonly name: string;
  /** The name of the array as written and the array itself, which may come from another file. */
  readonly array: ArraySpec;
  readonly model: string;
  readonly data: readonly CampaignData[];
  readonly labels: string | null;
  readonly images: { readonly count: number | null; readonly order: ImageOrder };
  /** Names of the layers in which faults act, one at a time; null for all that fit the array. */
  readonly layers: readonly string[] | null;
  readonly lowering: Lowering;
  /** Output channels in which a fault shows: all at once, each one a fault of its own, or some of these. */
  readonly channels: 'all' | 'each' | readonly number[];
  readonly population: PopulationSpec;
  readonly sampling: SamplingSpec;
  /** What the sample is parted by; empty for a simple random one. */
  readonly strata: readonly StratumKey[];
  /** Of all intervals, such as 0.95. */
  readonly confidence: number;
  /** Relative changes of confidence that count as silent data corruption, such as 0.1 and 0.2. */
  readonly confidenceChanges: readonly number[];
  readonly seed: number;
}
