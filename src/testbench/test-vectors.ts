import { drawFault } from '../check/draw-fault.ts';
import { drawMatrix } from '../check/draw-trial.ts';
import { type Random, randomStream } from '../check/random.ts';
import type { Design } from '../design/design.ts';
import { driveFault, resolveFault } from '../fault/resolve.ts';
import type { BeatSegment, FaultDrive } from '../schedule/beats.ts';
import { type JobPlan, planJob } from '../schedule/plan.ts';
import { type JobOperands, jobBeats } from '../schedule/segments.ts';
import { cycleMachine } from '../sim/cycle-machine.ts';
import { formatFault } from '../spec/format.ts';
import { tensor } from '../tensor/tensor.ts';

/** One run of the grid from a reset on: what goes in, and what must come out. */
export interface TestRun {
  /** What the run shows, in words. */
  readonly title: string;
  readonly faults: readonly FaultDrive[];
  /** All cycles of the run in one segment. */
  readonly segment: BeatSegment;
  /** For each sample of the segment the bits that the output lane must show. */
  readonly samples: readonly bigint[];
  /** For each fault slot in how many cycles it must have changed a bit. */
  readonly firedCycles: readonly number[];
}

export const SEED = 1;

/** Runs under faults, fewer for large arrays; each has as many faults as there are slots, at most so many. */
const FAULTY_RUNS = 4;
export const MOST_FAULTS = 8;

/** Tiles of a job follow each other in the phases of a period, and then in the next one. */
export const MOST_PHASES = 4;

/** About how many bytes of text the runs take at most, where more than one under faults is drawn. */
const MOST_BYTES = 4 << 20;

/**
 * Draw runs for a design and work out what its RTL must give: the values are those of the cycle simulator. A pure
 * function of the design.
 */
export async function drawTestRuns(design: Design): Promise<TestRun[]> {
  const [n1, n2, n3] = design.spec.size;
  const plan = planJob(design, n1 * (Math.min(design.periodCycles, MOST_PHASES) + 1), n3, n2);
  const runs = [await runOf(design, plan, randomStream(SEED, 'no faults'), 0)];
  const faults = Math.min(MOST_FAULTS, design.spec.faultSlots);
  const faulty = faults === 0 ? 0 : faultyRuns(textBytes(design, plan));
  for (let n = 1; n <= faulty; n++) runs.push(await runOf(design, plan, randomStream(SEED, `faults ${n}`), faults));
  return runs;
}

/** Runs under faults: as many as there is room for, but one at least. */
export function faultyRuns(bytesOfRun: number): number {
  return Math.min(FAULTY_RUNS, Math.max(1, Math.floor(MOST_BYTES / bytesOfRun)));
}

/** A digit for every four bits that go in or come out, the latter twice. */
function textBytes({ inputs, output }: Design, { cycles }: JobPlan): number {
  const digits = (bits: number) => bits / 4;
  const bitsIn = inputs.reduce((sum, port) => sum + port.lanes * port.laneBits, 0);
  return cycles * digits(bitsIn + 2 * output.lanes * output.laneBits);
}

async function runOf(design: Design, plan: JobPlan, random: Random, count: number): Promise<TestRun> {
  const { types } = design.spec;
  const { rows, inner, columns } = plan;
  const operands: JobOperands = {
    a: drawMatrix(random, types.a, rows, inner),
    b: drawMatrix(random, types.b, inner, columns),
    c: random.chance(1, 4) ? tensor(types.c, [rows, columns]) : drawMatrix(random, types.c, rows, columns),
  };
  const specs = Array.from({ length: count }, () => drawFault(random, design, plan));
  const faults = specs.map((spec) => driveFault(design, plan, resolveFault(design, spec)));
  const [segment] = jobBeats(design, plan, operands, plan.cycles).segments;
  const machine = cycleMachine(design);
  const { samples, firedCycles } = await machine.run({ segments: [segment!], faults });
  await machine.close();
  return {
    title: count === 0 ? 'no faults' : specs.map((spec) => formatFault(spec)).join('; '),
    faults,
    segment: segment!,
    samples: lanesOf(samples, design.output.laneBits),
    firedCycles,
  };
}

/** Read values of so many bits, in whole bytes, from little-endian bytes. */
function lanesOf(bytes: Uint8Array, laneBits: number): bigint[] {
  const size = laneBits / 8;
  return Array.from({ length: bytes.length / size }, (_, n) =>
    fromLittleEndian(bytes.subarray(n * size, (n + 1) * size)),
  );
}

/** The number that little-endian bytes make. */
export function fromLittleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(bytes).reverse().toString('hex')}`);
}
