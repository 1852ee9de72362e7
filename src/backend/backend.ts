import type { Design } from '../design/design.ts';
import type { Fault, FaultReport } from '../fault/fault.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** The models of the machine that can run a job. */
export const BACKENDS = ['functional', 'cycle', 'rtl', 'top'] as const;

export type BackendKind = (typeof BACKENDS)[number];

/** The job of an array: R = A×B + C. */
export interface MatmulJob {
  /** M×K; every value fits the array's dtype a exactly, whatever the element type. */
  readonly a: Tensor;
  /** K×N; likewise for dtype b. */
  readonly b: Tensor;
  /** M×N; likewise for dtype c. Zeros when left out. */
  readonly c?: Tensor | undefined;
}

export interface RunOptions {
  /** Faults that act at once, in the order given. */
  readonly faults?: readonly Fault[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with finished and total tiles. */
  readonly onProgress?: ((doneTiles: number, totalTiles: number) => void) | undefined;
}

export interface MatmulResult {
  /** M×N, element type = the array's dtype c. */
  readonly result: Tensor;
  /** One report per fault, in the order given. */
  readonly faults: readonly FaultReport[];
  readonly stats: RunStats;
}

/** How well a job used the array, as shares of its PE-cycles (PEs × cycles). */
export interface RunStats {
  readonly tiles: number;
  readonly cycles: number;
  /** Steps of all tiles, N1·N2·N3 each: what the array was kept busy with, zero padding included. */
  readonly utilisation: number;
  /** Steps M·K·N of the product itself, without padding. */
  readonly effectiveUtilisation: number;
  /** What an endless stream of tiles would reach: N1·N2·N3 / (|Ω|·m). */
  readonly utilisationBound: number;
}

/** A model of one array that runs matrix products; the functional and cycle simulators, the RTL and its top module implement it. */
export interface Backend {
  readonly kind: BackendKind;
  readonly design: Design;
  /**
   * Run R = A×B + C, tiled to the array's size.
   * @throws {OperandError} for a wrong rank or shape, {CastingError} for a value that does not fit its dtype.
   */
  matmul(job: MatmulJob, options?: RunOptions): Promise<MatmulResult>;
  /**
   * Tell what the statistics of a job M×K · K×N of integers would be. A backend that has this says that without faults its
   * results are the exact products modulo 2^W, so that nobody need run a job to know them.
   */
  exactStats?(m: number, k: number, n: number): RunStats;
  /** Release processes and memory; the backend cannot be used afterwards. */
  close(): Promise<void>;
}
