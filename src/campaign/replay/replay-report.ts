import type { BackendKind } from '../../backend/backend.ts';
import type { ElementType } from '../../tensor/tensor.ts';
import type { Checkpoint } from '../engine/mask-probe.ts';
import type { Outcome, Pattern } from '../outcome.ts';

/** What a replay of one fault showed. */
export interface ReplayReport {
  readonly campaign: string;
  readonly array: string;
  readonly backend: BackendKind;
  readonly n: number;
  /** The fault in the spec language. */
  readonly fault: string;
  readonly layer: string;
  /** The only output channel in which it shows, and the only product in which it acts; null for all. */
  readonly channel: number | null;
  readonly product: number | null;
  readonly images: readonly ImageReplay[];
  readonly waveform: WaveformReport | null;
  /** What the campaign says of the fault; null when it has not run it. */
  readonly stored: StoredReport | null;
  /** Whether nothing differs from what the campaign says. */
  readonly same: boolean;
}

export interface StoredReport {
  /** Why the campaign could not run it; null when it could. */
  readonly error: string | null;
  /** In what the fault itself is. */
  readonly differences: readonly StoredDifference[];
}

/** A column of the store that says something else than the replay. */
export interface StoredDifference {
  readonly what: string;
  readonly stored: string | number | boolean | null;
  readonly replayed: string | number | boolean | null;
}

/** What the fault did to one image. */
export interface ImageReplay {
  /** Place in the data set. */
  readonly image: number;
  readonly products: readonly ProductReplay[];
  readonly sums: SumsReplay;
  /** The layer's result, then checkpoints in the order in which they are computed, then the outputs of the model. */
  readonly values: readonly ValueReplay[];
  /** Null without scores. */
  readonly scores: ScoresReplay | null;
  readonly outcome: Outcome;
  /** Null when the store has no outcome of this image. */
  readonly stored: Outcome | null;
  readonly differences: readonly StoredDifference[];
}

/** A product in which the fault acts. */
export interface ProductReplay {
  /** Its number in the layer. */
  readonly product: number;
  /** Cycles in which the fault changed a bit. */
  readonly firedCycles: number;
  /** Elements of its result that differ. */
  readonly changed: number;
}

/** How far a tensor under the fault is from the one without. */
export interface TensorChange {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly elements: number;
  readonly changed: number;
  /** NaN where only one of two is a number. */
  readonly largestDifference: number;
}

/** The sums that the layer takes from the array. */
export interface SumsReplay extends TensorChange {
  readonly pattern: Pattern | null;
  /** The first of them in the order of the layer's result. */
  readonly first: readonly ElementChange[];
}

/** An element before and after; bits as hexadecimal digits. */
export interface ElementChange {
  /** Such as [channel, y, x]: the place in the result for one image. */
  readonly position: readonly number[];
  readonly clean: string;
  readonly faulty: string;
  readonly cleanBits: string;
  readonly faultyBits: string;
}

export interface ValueReplay extends TensorChange {
  readonly value: string;
  readonly stage: 'layer' | Checkpoint['stage'] | 'output';
  /** The matrix layer that takes it; null for other values. */
  readonly before: string | null;
  /** Whether from here on everything is as without the fault. */
  readonly settled: boolean;
}

export interface ScoresReplay {
  readonly clean: readonly number[];
  readonly faulty: readonly number[];
  /** The class with the highest score. */
  readonly cleanPrediction: number;
  readonly faultyPrediction: number;
  /** In the fault-free class, from 0 to 1; null where the scores tell none. */
  readonly cleanConfidence: number | null;
  readonly faultyConfidence: number | null;
}

export interface WaveformReport {
  readonly path: string;
  readonly image: number;
  readonly product: number;
}
