import type { Design, StreamPort } from '../design/design.ts';
import { allocate, type ElementType, type Tensor, type TensorData } from '../tensor/tensor.ts';
import { type BeatTable, beatTable, operandOf } from './beat-table.ts';
import type { BeatSegment } from './beats.ts';
import { placeElements } from './place-elements.ts';
import type { JobPlan, Tile } from './plan.ts';

/** The operands of a job in the array's own dtypes: A (M×K), B (K×N) and C (M×N). */
export interface JobOperands {
  readonly a: Tensor;
  readonly b: Tensor;
  readonly c: Tensor;
}

/** A job's beats, and where each element of R will be found among the samples. */
export interface JobBeats {
  readonly segments: Iterable<BeatSegment>;
  /** For R(i, j), row-major: the number of its sample; filled while the segments are taken. */
  readonly resultSample: Int32Array;
}

/** About how many bytes of frames one segment may hold. */
const SEGMENT_BYTES = 4 << 20;

/**
 * Turn a planned job into beats, a segment at a time, so that long jobs stay small in memory.
 * @param cyclesPerSegment the longest segment; as many cycles as fit about SEGMENT_BYTES when left out
 */
export function jobBeats(
  design: Design,
  plan: JobPlan,
  operands: JobOperands,
  cyclesPerSegment: number = defaultSegment(design),
): JobBeats {
  if (plan.cycles <= cyclesPerSegment) return wholeJob(design, plan, operands);
  const resultSample = new Int32Array(plan.rows * plan.columns);
  const builder = new SegmentBuilder(design, plan, operands, resultSample);
  return { segments: builder.segments(cyclesPerSegment), resultSample };
}

/** What the beats of a job are but for its elements. */
interface BeatOrder extends Omit<BeatSegment, 'frames'> {
  readonly resultSample: Int32Array;
}

const orders = new WeakMap<JobPlan, BeatOrder>();

/** Turn a job into one segment; the order of its samples is worked out once per plan. */
function wholeJob(design: Design, plan: JobPlan, operands: JobOperands): JobBeats {
  const stretch = { firstCycle: 0, cycles: plan.cycles, tiles: plan.tiles };
  const known = orders.get(plan);
  if (known) {
    const { resultSample, ...order } = known;
    const frames = new SegmentBuilder(design, plan, operands, resultSample).frames(stretch);
    return { segments: [{ ...order, frames }], resultSample };
  }
  const resultSample = new Int32Array(plan.rows * plan.columns);
  const segment = new SegmentBuilder(design, plan, operands, resultSample).segment(stretch);
  const { frames: _, ...order } = segment;
  orders.set(plan, { ...order, resultSample });
  return { segments: [segment], resultSample };
}

function defaultSegment({ inputs }: Design): number {
  const bytesPerCycle = inputs.reduce((sum, port) => sum + port.frameBytes, 0);
  return Math.max(256, Math.floor(SEGMENT_BYTES / bytesPerCycle));
}

/** A stretch of cycles and the tiles that have beats in it. */
interface Stretch {
  readonly firstCycle: number;
  readonly cycles: number;
  readonly tiles: readonly Tile[];
}

class SegmentBuilder {
  readonly #design: Design;
  readonly #plan: JobPlan;
  readonly #operands: JobOperands;
  readonly #resultSample: Int32Array;
  /** For tiles whose sums come back: the sample number of each element of the tile's block. */
  readonly #tileSamples = new Map<number, Int32Array>();
  #sampleCount = 0;

  constructor(design: Design, plan: JobPlan, operands: JobOperands, resultSample: Int32Array) {
    this.#design = design;
    this.#plan = plan;
    this.#operands = operands;
    this.#resultSample = resultSample;
  }

  *segments(longest: number): Generator<BeatSegment> {
    const { tiles, cycles: total } = this.#plan;
    const { spanCycles } = this.#design.schedule;
    let from = 0;
    for (let firstCycle = 0; firstCycle < total; firstCycle += longest) {
      const cycles = Math.min(longest, total - firstCycle);
      // Tiles are in the order of their start, so those of a stretch are neighbours.
      while (tiles[from]!.startCycle + spanCycles <= firstCycle) {
        this.#tileSamples.delete(tiles[from]!.previous ?? -1);
        from++;
      }
      let to = from;
      while (to < tiles.length && tiles[to]!.startCycle < firstCycle + cycles) to++;
      yield this.segment({ firstCycle, cycles, tiles: tiles.slice(from, to) });
    }
  }

  segment(stretch: Stretch): BeatSegment {
    // Samples first: sums may come back within the segment in which they leave.
    const samples = this.#samples(stretch);
    const frames = this.frames(stretch);
    return {
      cycles: stretch.cycles,
      firstCycle: stretch.firstCycle,
      frames,
      ...samples,
      ...this.#returns(stretch),
    };
  }

  /** Put the elements of a stretch into frames, one block per input port. */
  frames(stretch: Stretch): Uint8Array[] {
    return this.#design.inputs.map((port, index) => this.#frames(port, index, stretch));
  }

  /** List the samples that fall into a stretch, in time order, and number them; results of padding are not sampled. */
  #samples(stretch: Stretch): Pick<BeatSegment, 'sampleCycle' | 'sampleLane'> {
    const { rows, columns } = this.#plan;
    const width = this.#design.spec.size[1];
    const table = beatTable(this.#design, 'results');
    const found = inTimeOrder(stretch, stretch.tiles, table, (tile, n) => {
      return tile.row + table.row[n]! < rows && tile.column + table.column[n]! < columns;
    });
    for (let at = 0; at < found.length; at++, this.#sampleCount++) {
      const tile = stretch.tiles[found.tile[at]!]!;
      const n = found.beat[at]!;
      if (tile.final) {
        this.#resultSample[(tile.row + table.row[n]!) * columns + tile.column + table.column[n]!] = this.#sampleCount;
      } else {
        this.#samplesOf(tile)[table.row[n]! * width + table.column[n]!] = this.#sampleCount;
      }
    }
    return { sampleCycle: found.cycle, sampleLane: found.beat.map((n) => table.lane[n]!) };
  }

  #samplesOf(tile: Tile): Int32Array {
    let samples = this.#tileSamples.get(tile.index);
    if (!samples) {
      samples = new Int32Array(this.#design.spec.size[0] * this.#design.spec.size[1]);
      this.#tileSamples.set(tile.index, samples);
    }
    return samples;
  }

  /** List the partial sums that come back in during a stretch, in time order. */
  #returns(stretch: Stretch): Pick<BeatSegment, 'returnCycle' | 'returnLane' | 'returnSample'> {
    const { rows, columns } = this.#plan;
    const width = this.#design.spec.size[1];
    const table = beatTable(this.#design, this.#design.returnPort);
    const carriesSums = operandOf(this.#design, this.#design.inputs[this.#design.returnPort]!.name) === 'c';
    const tiles = carriesSums ? stretch.tiles.filter(({ previous }) => previous !== null) : [];
    const found = inTimeOrder(stretch, tiles, table, (tile, n) => {
      return tile.row + table.row[n]! < rows && tile.column + table.column[n]! < columns;
    });
    const returnSample = found.beat.map((n, at) => {
      const samples = this.#tileSamples.get(tiles[found.tile[at]!]!.previous!)!;
      return samples[table.row[n]! * width + table.column[n]!]!;
    });
    return { returnCycle: found.cycle, returnLane: found.beat.map((n) => table.lane[n]!), returnSample };
  }

  #frames(port: StreamPort, index: number, { firstCycle, cycles, tiles }: Stretch): Uint8Array {
    const table = beatTable(this.#design, index);
    const operand = operandOf(this.#design, port.name);
    if (operand === 'token') {
      const frames = new Uint8Array(cycles * port.frameBytes);
      for (const tile of tiles) putTokens(frames, port, table, tile.startCycle - firstCycle, cycles);
      return frames;
    }
    const frames = allocate(LANE_TYPES[port.laneBits]!, cycles * port.lanes);
    const { rows, inner, columns } = this.#plan;
    const source = {
      data: this.#operands[operand].data,
      rows: operand === 'b' ? inner : rows,
      columns: operand === 'a' ? inner : columns,
    };
    for (const tile of tiles) {
      if (operand === 'c' && tile.previous !== null) continue;
      const origin = {
        row: operand === 'b' ? tile.depth : tile.row,
        column: operand === 'a' ? tile.depth : tile.column,
      };
      placeElements({ frames, lanes: port.lanes, cycles }, table, tile.startCycle - firstCycle, source, origin);
    }
    return asBytes(frames);
  }
}

const LANE_TYPES: Readonly<Record<number, ElementType>> = { 8: 'int8', 16: 'int16', 32: 'int32', 64: 'int64' };

function asBytes(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function putTokens(frames: Uint8Array, port: StreamPort, table: BeatTable, base: number, cycles: number): void {
  for (let n = 0; n < table.length; n++) {
    const cycle = base + table.cycle[n]!;
    if (cycle < 0 || cycle >= cycles) continue;
    const lane = table.lane[n]!;
    frames[cycle * port.frameBytes + (lane >> 3)]! |= 1 << (lane & 7);
  }
}

/** Beats of several tiles, by cycle: the cycle within the stretch, the tile's place in the list, the row of the table. */
interface OrderedBeats {
  readonly length: number;
  readonly cycle: Int32Array;
  readonly tile: Int32Array;
  readonly beat: Int32Array;
}

/** Sort the beats of tiles that fall into a stretch and are wanted by their cycle (a counting sort). */
function inTimeOrder(
  { firstCycle, cycles }: Stretch,
  tiles: readonly Tile[],
  table: BeatTable,
  wanted: (tile: Tile, beat: number) => boolean,
): OrderedBeats {
  const place = new Int32Array(cycles + 1);
  const visit = (use: (cycle: number, tile: number, beat: number) => void) => {
    for (let t = 0; t < tiles.length; t++) {
      const tile = tiles[t]!;
      const base = tile.startCycle - firstCycle;
      for (let n = 0; n < table.length; n++) {
        const cycle = base + table.cycle[n]!;
        if (cycle >= 0 && cycle < cycles && wanted(tile, n)) use(cycle, t, n);
      }
    }
  };
  visit((cycle) => {
    place[cycle + 1]!++;
  });
  for (let cycle = 0; cycle < cycles; cycle++) place[cycle + 1]! += place[cycle]!;
  const length = place[cycles]!;
  const ordered = { cycle: new Int32Array(length), tile: new Int32Array(length), beat: new Int32Array(length) };
  visit((cycle, tile, beat) => {
    const at = place[cycle]!++;
    ordered.cycle[at] = cycle;
    ordered.tile[at] = tile;
    ordered.beat[at] = beat;
  });
  return { length, ...ordered };
}
