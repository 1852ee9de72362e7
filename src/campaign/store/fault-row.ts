import type { FaultKind, FaultNode } from '../../fault/fault.ts';
import { formatFault } from '../../spec/format.ts';
import { hex } from '../../spec/wording.ts';
import type { CampaignFault } from '../campaign-fault.ts';
import { type FaultOutcome, PATTERNS, type Pattern } from '../outcome.ts';

/** A fault that has been run, with what it did. */
export interface DoneFault {
  readonly fault: CampaignFault;
  readonly outcome: FaultOutcome;
  /** How many of its images get their true class with the fault, and without; null without labels. */
  readonly correct: number | null;
  readonly cleanCorrect: number | null;
}

/** A fault as the store keeps it. */
export interface FaultRow {
  readonly n: number;
  readonly stratum: number;
  readonly layer: number;
  readonly channel: number | null;
  readonly product: number | null;
  readonly x: number;
  readonly y: number;
  readonly node: FaultNode;
  readonly kind: FaultKind;
  /** In hexadecimal digits, bits counted from the least significant. */
  readonly mask: string;
  /** The only bit of the mask; null when it has several. */
  readonly bit: number | null;
  readonly tile: number | null;
  /** The only cycle in which it acts; null when it acts in several. */
  readonly cycle: number | null;
  /** That cycle counted from the first beat of the product, whether or not it names a tile. */
  readonly productCycle: number | null;
  /** The fault in the spec language. */
  readonly text: string;
  readonly error: string | null;
  readonly correct: number | null;
  readonly cleanCorrect: number | null;
  /** Wrong elements of the layer's sums over all images. */
  readonly corrupted: number;
  /** The pattern of most of its images with wrong elements; of several such, the first in PATTERNS. */
  readonly pattern: Pattern | null;
}

/** Write down a fault that has been run. */
export function faultRow({ fault: campaignFault, outcome, correct, cleanCorrect }: DoneFault): FaultRow {
  const { n, stratum, layer, channel, product, productCycle, fault } = campaignFault;
  const { spec, node, kind, mask, window } = fault;
  return {
    n,
    stratum,
    layer,
    channel,
    product,
    x: spec.pe.x,
    y: spec.pe.y,
    node,
    kind,
    mask: hex(mask),
    bit: onlyBit(mask),
    tile: window.tile,
    cycle: window.from === window.to ? window.from : null,
    productCycle,
    text: formatFault(spec),
    error: outcome.error,
    correct,
    cleanCorrect,
    corrupted: outcome.images.reduce((sum, { corrupted }) => sum + corrupted, 0),
    pattern: mostFrequentPattern(outcome),
  };
}

function onlyBit(mask: bigint): number | null {
  return mask !== 0n && (mask & (mask - 1n)) === 0n ? mask.toString(2).length - 1 : null;
}

function mostFrequentPattern({ images }: FaultOutcome): Pattern | null {
  const counts = PATTERNS.map((pattern) => images.filter((image) => image.pattern === pattern).length);
  const most = Math.max(...counts);
  return most === 0 ? null : PATTERNS[counts.indexOf(most)]!;
}
