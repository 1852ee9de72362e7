import type { Design, StreamPort } from '../design/design.ts';
import { allocate, type ElementType, type Tensor, type TensorData } from '../tensor/tensor.ts';
import { type BeatTable, beatTable, operandOf } from './beat-table.ts';
import type { BeatSegment } from './beats.ts';
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
const SEGMENT_BYTES = 8 << 20;

/** Turn a planned job into beats, a segment at a time, so that long jobs stay small in memory. */
export function jobBeats(design: Design, plan: JobPlan, operands: JobOperands): JobBeats {
  const resultSample = new Int32Array(plan.rows * plan.columns);
  const bytesPerCycle = design.inputs.reduce((sum, port) => sum + port.frameBytes, 0);
  const cyclesPerSegment = Math.max(256, Math.floor(SEGMENT_BYTES / bytesPerCycle));
  return { segments: generate(design, plan, operands, cyclesPerSegment, resultSample), resultSample };
}

function* generate(
  design: Design,
  plan: JobPlan,
  operands: JobOperands,
  cyclesPerSegment: number,
  resultSample: Int32Array,
): Generator<BeatSegment> {
  const results = beatTable(design, 'results');
  const samplesOfTile = new Map<number, Int32Array>();
  let sampleCount = 0;
  for (let firstCycle = 0; firstCycle < plan.cycles; firstCycle += cyclesPerSegment) {
    const cycles = Math.min(cyclesPerSegment, plan.cycles - firstCycle);
    const tiles = plan.tiles.filter(
      ({ startCycle }) => startCycle < firstCycle + cycles && startCycle + design.schedule.spanCycles > firstCycle,
    );
    const samples = collectSamples(plan, results, tiles, firstCycle, cycles);
    for (const sample of samples) {
      const { tile, beat } = sample;
      if (tile.final) {
        resultSample[(tile.row + results.row[beat]!) * plan.columns + tile.column + results.column[beat]!] =
          sampleCount;
      } else {
        let ofTile = samplesOfTile.get(tile.index);
        if (!ofTile) {
          ofTile = new Int32Array(design.spec.size[0] * design.spec.size[1]);
          samplesOfTile.set(tile.index, ofTile);
        }
        ofTile[results.row[beat]! * design.spec.size[1] + results.column[beat]!] = sampleCount;
      }
      sampleCount++;
    }
    const returns = new ReturnList();
    const frames = design.inputs.map((port, index) => {
      const frame = portFrames(port, cycles);
      const table = beatTable(design, index);
      const operand = operandOf(design, port.name);
      for (const tile of tiles) {
        const base = tile.startCycle - firstCycle;
        if (operand === 'token') {
          putTokens(frame, port, table, base, cycles);
        } else if (operand === 'c' && tile.previous !== null) {
          returns.add(plan, tile, table, base, cycles, samplesOfTile.get(tile.previous), design.spec.size[1]);
        } else {
          putElements(frame as TensorData, port, table, base, cycles, plan, tile, operand, operands[operand]);
        }
      }
      return asBytes(frame);
    });
    yield {
      cycles,
      firstCycle,
      frames,
      sampleCycle: Int32Array.from(samples, ({ cycle }) => cycle - firstCycle),
      sampleLane: Int32Array.from(samples, ({ beat }) => results.lane[beat]!),
      ...returns.sorted(),
    };
  }
}

interface Sample {
  readonly cycle: number;
  readonly tile: Tile;
  readonly beat: number;
}

/** List the samples that fall into a stretch of cycles, in time order; results of padding are not sampled. */
function collectSamples(
  plan: JobPlan,
  results: BeatTable,
  tiles: readonly Tile[],
  firstCycle: number,
  cycles: number,
): Sample[] {
  const samples: Sample[] = [];
  for (const tile of tiles) {
    for (let beat = 0; beat < results.length; beat++) {
      const cycle = tile.startCycle + results.cycle[beat]!;
      const inside = tile.row + results.row[beat]! < plan.rows && tile.column + results.column[beat]! < plan.columns;
      if (inside && cycle >= firstCycle && cycle < firstCycle + cycles) samples.push({ cycle, tile, beat });
    }
  }
  return samples.sort((p, q) => p.cycle - q.cycle);
}

const LANE_TYPES: Readonly<Record<number, ElementType>> = { 8: 'int8', 16: 'int16', 32: 'int32', 64: 'int64' };

/** Allocate a port's frames; ports of one-bit lanes are bytes, all others elements of their lane's width. */
function portFrames(port: StreamPort, cycles: number): TensorData {
  return port.laneBits === 1
    ? new Uint8Array(cycles * port.frameBytes)
    : allocate(LANE_TYPES[port.laneBits]!, cycles * port.lanes);
}

function asBytes(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function putTokens(frame: TensorData, port: StreamPort, table: BeatTable, base: number, cycles: number): void {
  const bytes = frame as Uint8Array;
  for (let n = 0; n < table.length; n++) {
    const cycle = base + table.cycle[n]!;
    if (cycle < 0 || cycle >= cycles) continue;
    const lane = table.lane[n]!;
    bytes[cycle * port.frameBytes + (lane >> 3)]! |= 1 << (lane & 7);
  }
}

function putElements(
  frame: TensorData,
  port: StreamPort,
  table: BeatTable,
  base: number,
  cycles: number,
  plan: JobPlan,
  tile: Tile,
  operand: 'a' | 'b' | 'c',
  source: Tensor,
): void {
  const rowBase = operand === 'b' ? tile.depth : tile.row;
  const columnBase = operand === 'a' ? tile.depth : tile.column;
  const rows = operand === 'b' ? plan.inner : plan.rows;
  const columns = operand === 'a' ? plan.inner : plan.columns;
  for (let n = 0; n < table.length; n++) {
    const cycle = base + table.cycle[n]!;
    const row = rowBase + table.row[n]!;
    const column = columnBase + table.column[n]!;
    if (cycle < 0 || cycle >= cycles || row >= rows || column >= columns) continue;
    frame[cycle * port.lanes + table.lane[n]!] = source.data[row * columns + column]!;
  }
}

/** Collects the partial sums that come back in, in time order. */
class ReturnList {
  readonly #entries: { cycle: number; lane: number; sample: number }[] = [];

  add(
    plan: JobPlan,
    tile: Tile,
    table: BeatTable,
    base: number,
    cycles: number,
    samples: Int32Array | undefined,
    width: number,
  ): void {
    for (let n = 0; n < table.length; n++) {
      const cycle = base + table.cycle[n]!;
      const row = table.row[n]!;
      const column = table.column[n]!;
      if (cycle < 0 || cycle >= cycles || tile.row + row >= plan.rows || tile.column + column >= plan.columns) continue;
      this.#entries.push({ cycle, lane: table.lane[n]!, sample: samples![row * width + column]! });
    }
  }

  sorted(): Pick<BeatSegment, 'returnCycle' | 'returnLane' | 'returnSample'> {
    this.#entries.sort((p, q) => p.cycle - q.cycle);
    return {
      returnCycle: Int32Array.from(this.#entries, ({ cycle }) => cycle),
      returnLane: Int32Array.from(this.#entries, ({ lane }) => lane),
      returnSample: Int32Array.from(this.#entries, ({ sample }) => sample),
    };
  }
}
