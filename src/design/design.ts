import type { FloatFormat } from '../dtype/float-format.ts';
import type { FaultNode } from '../fault/fault.ts';
import type { Line, Matrix3, Vector3 } from '../projection/space-time.ts';
import type { ArraySpec } from '../spec/array-spec.ts';

/** One processing element, at the position (x, y) = P·ν. */
export interface Pe {
  readonly index: number;
  readonly x: number;
  readonly y: number;
  /** A point of the iteration box that runs here; the others differ by multiples of the kernel vector. */
  readonly point: Vector3;
}

/** How values go from PE to PE: one step of `flow` in space takes `delayCycles` cycles. */
export interface Network {
  readonly flow: readonly [x: number, y: number];
  readonly delayCycles: number;
  /** For every PE the index of the PE it receives from, or −1 where the edge feeds it. */
  readonly upstream: Int32Array;
  /** For every PE the index of the PE it sends to, or −1 where the value leaves the array. */
  readonly downstream: Int32Array;
  /** PE index of every input lane (the PEs that the edge feeds). */
  readonly entries: Int32Array;
  /** PE index of every output lane (the PEs whose value leaves the array). */
  readonly exits: Int32Array;
  /** For every PE the lane at which its run of PEs is entered, and the hops from there. */
  readonly entryLane: Int32Array;
  readonly entryHops: Int32Array;
  /** For every PE the lane at which its run of PEs is left, and the hops to there. */
  readonly exitLane: Int32Array;
  readonly exitHops: Int32Array;
}

/** Where the registers of multiplier and adder lie. Those within a floating-point operation hold no numbers of a PE. */
export interface Pipeline {
  /** Registers within the floating-point multiplier and adder. */
  readonly multiplierLatency: number;
  readonly adderLatency: number;
  /** Registers between a finished product and the product register p. */
  readonly productDelays: number;
}

/** One of the three data streams. A stationary line has no network; its delay is the length of its loop in the PE. */
export interface LineDesign {
  readonly line: Line;
  readonly stationary: boolean;
  readonly delayCycles: number;
  readonly widthBits: number;
  readonly signed: boolean;
  readonly float: FloatFormat | null;
  readonly network: Network | null;
}

/** The chain that loads the stationary line and, when that is c, carries its sums away. */
export interface ShadowChain extends Network {
  /** The step of the chain in iteration space; flow = P·step. */
  readonly step: Vector3;
  readonly widthBits: number;
  /** Whether results leave along the chain (the stationary line is c). */
  readonly drains: boolean;
}

/** The control tokens and the moving line beside which they travel. */
export interface Tokens {
  readonly carrier: 'a' | 'b';
  /** `first` loads the stationary value at its dimension's first step; `last` takes a sum out after its last. */
  readonly names: readonly ('first' | 'last')[];
}

/** A stream port of the grid: `lanes` lanes of `laneBits` bits; lane n belongs to PE `lanePes[n]`. */
export interface StreamPort {
  readonly name: string;
  readonly lanes: number;
  readonly laneBits: number;
  readonly lanePes: Int32Array;
  /** Bytes of one cycle's frame. */
  readonly frameBytes: number;
}

/**
 * What passes one lane in a tile: the values of the points `point + n·step`, 0 ≤ n < count, in cycle
 * `cycle + n·cycleStep` of the tile (cycle 0 = its first beat). On a port of line a the value is A(i, k), of b B(k, j),
 * of c and the shadow chain C(i, j) or the stationary operand; on a token port it is 1; on the output it is R(i, j).
 */
export interface LaneBeats {
  readonly lane: number;
  readonly point: Vector3;
  readonly step: Vector3;
  readonly count: number;
  readonly cycle: number;
  readonly cycleStep: number;
}

/** When things happen, relative to the first beat of a tile. */
export interface Schedule {
  /** The time π·ν that is cycle 0. Node a of PE P·ν takes the value of ν in cycle π·ν − originTime. */
  readonly originTime: number;
  /** Cycles from the first beat of a tile to the sample of its last result, both included. */
  readonly latencyCycles: number;
  /** Cycles from the first beat of a tile to its last, be it an operand on its way through or a result. */
  readonly spanCycles: number;
  /** For every input port, in the order of `inputs`. */
  readonly feeds: readonly (readonly LaneBeats[])[];
  readonly results: readonly LaneBeats[];
  /**
   * Two tiles meet in a register when one starts n·periodCycles after the other and n is in this ascending list;
   * tiles that start at another distance never meet.
   */
  readonly conflictSteps: readonly number[];
  /** m: the smallest n all of whose multiples are free of conflicts. */
  readonly initiationSteps: number;
  /** The utilisation of an endless stream of tiles: N1·N2·N3 / (|Ω|·m). */
  readonly utilisationBound: number;
}

/** A register of every PE, such as `a_q`; the trace holds its value for all PEs in index order. */
export interface RegisterPlane {
  /** The register's name in the Verilog of the PE, e.g. `a_q` or `a_link1_q`. */
  readonly name: string;
  readonly widthBits: number;
  /** Bytes of one value in a trace: 1, 2, 4, 8, or whole 4-byte words beyond. */
  readonly bytes: number;
}

/** A place where a fault can sit in any PE. */
export interface FaultSite {
  readonly node: FaultNode;
  readonly code: number;
  readonly widthBits: number;
}

/** Everything about one array, worked out once; templates, simulators and harness only read it. */
export interface Design {
  readonly spec: ArraySpec;
  readonly name: string;
  /** SHA-256 over everything that determines the hardware and its behaviour, first 16 hex digits. */
  readonly hash: string;
  readonly toolVersion: string;
  readonly matrix: Matrix3;
  readonly determinant: number;
  readonly adjugate: Matrix3;
  /** The primitive vector u that P sends to zero, with π·u > 0. */
  readonly kernel: Vector3;
  /** π·u: the cycles between two points on one PE. */
  readonly periodCycles: number;
  readonly pes: readonly Pe[];
  readonly lines: Readonly<Record<Line, LineDesign>>;
  readonly stationary: Line | null;
  readonly shadow: ShadowChain | null;
  readonly tokens: Tokens | null;
  /** Exact for integers; rounded to the format of c in floating point. */
  readonly product: { readonly widthBits: number; readonly signed: boolean; readonly float: FloatFormat | null };
  readonly pipeline: Pipeline;
  /** L: the cycles by which the c plane, from the wire c_in on, runs behind a and b. */
  readonly planeLagCycles: number;
  /** The cycles by which register c runs behind a and b: later than c_in where the adder has registers before it. */
  readonly sumLagCycles: number;
  /** Whether sums pass PEs in which they take no step, adding a product of which a or b is zero. */
  readonly hasIdleSteps: boolean;
  readonly inputs: readonly StreamPort[];
  readonly output: StreamPort;
  /** Index in `inputs` of the port where C (and returning partial sums) enters. */
  readonly returnPort: number;
  readonly schedule: Schedule;
  readonly registers: readonly RegisterPlane[];
  readonly faultSites: readonly FaultSite[];
  /** Widths of the fault port's fields. */
  readonly faultPort: { readonly peBits: number; readonly nodeBits: number; readonly dataBits: number };
}

/** The names of an array's modules; only the grid and its PE are in every output. */
export function moduleNames(design: Pick<Design, 'name'>): {
  readonly grid: string;
  readonly pe: string;
  readonly rolled: string;
  readonly top: string;
  readonly testbench: string;
  readonly topTestbench: string;
} {
  const { name } = design;
  return {
    grid: `${name}_grid`,
    pe: `${name}_pe`,
    rolled: `${name}_grid_rolled`,
    top: `${name}_top`,
    testbench: `${name}_tb`,
    topTestbench: `${name}_top_tb`,
  };
}
