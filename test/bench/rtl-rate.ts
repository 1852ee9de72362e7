import { randomFillSync } from 'node:crypto';
import { type ArrayInput, buildDesign, openRtl, tensor } from 'espalier';

export interface RtlRate {
  readonly buildSeconds: number;
  /** PE-cycles of a long job per second of its wall-clock time: the simulation in one process, feeding it in another. */
  readonly peCyclesPerSecond: number;
}

/** The side of the operands: hundreds of thousands of cycles for a 16×16 array. */
const SIDE = 512;

/** Build the RTL of a float32 array in Verilator and time a job of uniform random operands, the best of three. */
export async function measureFloatRtl(spec: ArrayInput): Promise<RtlRate> {
  const design = buildDesign(spec);
  const buildStarted = performance.now();
  const rtl = await openRtl(design);
  const buildSeconds = (performance.now() - buildStarted) / 1000;
  try {
    const job = { a: uniform(), b: uniform() };
    let best = Number.POSITIVE_INFINITY;
    let cycles = 0;
    for (let run = 0; run < 3; run++) {
      const started = performance.now();
      cycles = (await rtl.matmul(job)).stats.cycles;
      best = Math.min(best, (performance.now() - started) / 1000);
    }
    return { buildSeconds, peCyclesPerSecond: (cycles * design.pes.length) / best };
  } finally {
    await rtl.close();
  }
}

function uniform() {
  const words = randomFillSync(new Int32Array(SIDE * SIDE));
  return tensor(
    'float32',
    [SIDE, SIDE],
    Float32Array.from(words, (word) => word / 2 ** 31),
  );
}
