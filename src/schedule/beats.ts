/**
 * What a job is to the machine itself, whatever its projection matrix: values that enter at lanes of the input ports
 * in given cycles, and values that are picked up from lanes of the output port. The cycle simulator and the RTL
 * harness run the same beats.
 */

/** A stretch of consecutive cycles. Registers keep their state from one segment of a job to the next. */
export interface BeatSegment {
  /** Number of cycles; the first one is `firstCycle` of the job. */
  readonly cycles: number;
  readonly firstCycle: number;
  /**
   * One frame a cycle for every input stream port of the design, in the order of `design.inputs`. A frame holds the
   * port's lanes, lane 0 in the least significant bits, little-endian, padded with zeros to whole bytes.
   */
  readonly frames: readonly Uint8Array[];
  /**
   * Samples to take from the output port, sorted by cycle: `sampleCycle[n]` (counted from the segment's first
   * cycle) and `sampleLane[n]`. A sample is the value that the port shows before the clock edge that ends the cycle.
   */
  readonly sampleCycle: Int32Array;
  readonly sampleLane: Int32Array;
  /**
   * Values that come back in: in cycle `returnCycle[n]` of the segment, lane `returnLane[n]` of input port
   * `design.returnPort` is fed with sample number `returnSample[n]` (counted over the whole job). Sorted by cycle.
   */
  readonly returnCycle: Int32Array;
  readonly returnLane: Int32Array;
  readonly returnSample: Int32Array;
}

/** A fault as the machine's fault port takes it: what to do, and in which cycles of the job the slot is enabled. */
export interface FaultDrive {
  readonly peIndex: number;
  readonly nodeCode: number;
  readonly kindCode: number;
  readonly mask: bigint;
  readonly value: bigint;
  /** First and last cycle of the job, both included; `lastCycle` may be Infinity. */
  readonly firstCycle: number;
  readonly lastCycle: number;
}
