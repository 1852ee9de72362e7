import type { BeatSegment, FaultDrive } from '../schedule/beats.ts';

/** What came out of running beats on a machine. */
export interface MachineRun {
  /** All samples of the job in order, each in laneBits / 8 bytes, little-endian. */
  readonly samples: Uint8Array;
  /** For every fault: in how many cycles it changed a bit of its node. */
  readonly firedCycles: readonly number[];
  /**
   * The registers after the clock edge that ends each cycle: cycles × planes (in the order of `design.registers`) ×
   * PEs, each value in the plane's bytes, little-endian. Null unless a trace was asked for.
   */
  readonly registers: Uint8Array | null;
}

/** A job for a machine. */
export interface MachineJob {
  /** A segment must stay unchanged until the job ends; one may be read ahead while another runs. */
  readonly segments: Iterable<BeatSegment>;
  readonly faults: readonly FaultDrive[];
  /** Record every register in every cycle. */
  readonly trace?: boolean | undefined;
  /**
   * Write the waveform to this file (RTL in a trace build only). Time / 10 is the cycle, the clock edge is at its
   * middle.
   */
  readonly vcdPath?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Something that runs beats cycle by cycle: the cycle simulator or the Verilated RTL. */
export interface Machine {
  run(job: MachineJob): Promise<MachineRun>;
  close(): Promise<void>;
}
