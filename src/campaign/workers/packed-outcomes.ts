import { MASKED_STAGES, type Outcome, PATTERNS } from '../outcome.ts';

/** Outcomes of faults as they go from process to process: a column each, fault after fault, image after image. */
export interface PackedOutcomes {
  /** Bit 0: fired, 1: SDC-1, 2: SDC-5, 3: NaN or infinity. */
  readonly flags: Uint8Array;
  /** Places in MASKED_STAGES and PATTERNS; −1 for none. */
  readonly stages: Int8Array;
  readonly patterns: Int8Array;
  /** Places in `layers`; −1 for none. */
  readonly before: Int16Array;
  readonly layers: readonly string[];
  /** −1 for none. */
  readonly predictions: Int32Array;
  readonly corrupted: Int32Array;
  /** NaN for none. */
  readonly changes: Float64Array;
}

/** Pack the outcomes of faults that all have the same images. */
export function packOutcomes(faults: readonly (readonly Outcome[])[]): PackedOutcomes {
  const all = faults.flat();
  const layers = [...new Set(all.flatMap(({ maskedBefore }) => (maskedBefore === null ? [] : [maskedBefore])))];
  return {
    flags: Uint8Array.from(
      all,
      ({ fired, sdc1, sdc5, nonFinite }) =>
        Number(fired) | (Number(sdc1) << 1) | (Number(sdc5) << 2) | (Number(nonFinite) << 3),
    ),
    stages: Int8Array.from(all, ({ stage }) => (stage === null ? -1 : MASKED_STAGES.indexOf(stage))),
    patterns: Int8Array.from(all, ({ pattern }) => (pattern === null ? -1 : PATTERNS.indexOf(pattern))),
    before: Int16Array.from(all, ({ maskedBefore }) => (maskedBefore === null ? -1 : layers.indexOf(maskedBefore))),
    layers,
    predictions: Int32Array.from(all, ({ prediction }) => prediction ?? -1),
    corrupted: Int32Array.from(all, ({ corrupted }) => corrupted),
    changes: Float64Array.from(all, ({ confidenceChange }) => confidenceChange ?? Number.NaN),
  };
}

/** Unpack them; `images` are the places of the images that every fault has. */
export function unpackOutcomes(packed: PackedOutcomes, images: readonly number[]): Outcome[][] {
  const { flags, stages, patterns, before, layers, predictions, corrupted, changes } = packed;
  const faults: Outcome[][] = [];
  for (let first = 0; first < flags.length; first += images.length) {
    faults.push(
      images.map((image, n) => {
        const at = first + n;
        const flag = flags[at]!;
        const change = changes[at]!;
        return {
          image,
          fired: (flag & 1) !== 0,
          stage: MASKED_STAGES[stages[at]!] ?? null,
          maskedBefore: layers[before[at]!] ?? null,
          prediction: predictions[at] === -1 ? null : predictions[at]!,
          sdc1: (flag & 2) !== 0,
          sdc5: (flag & 4) !== 0,
          confidenceChange: Number.isNaN(change) ? null : change,
          nonFinite: (flag & 8) !== 0,
          corrupted: corrupted[at]!,
          pattern: PATTERNS[patterns[at]!] ?? null,
        };
      }),
    );
  }
  return faults;
}
