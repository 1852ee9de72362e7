import { floatAdd, floatMultiply } from '../../src/dtype/float-arithmetic.ts';
import { wordCodec } from '../../src/dtype/float-bits.ts';
import type { FloatFormat } from '../../src/dtype/float-format.ts';
import type { FloatUnit } from './build-floats.ts';
import { Digest, drawOperands, type Pair } from './operands.ts';
import { dumpBlock, type FloatRun, LANES, type OperationName, runBench, type Seed } from './run-floats.ts';

export interface StreamReport {
  readonly pairs: number;
  /** The first difference found, with operands and both results; null when Verilog, C++ and TypeScript agree. */
  readonly differs: string | null;
  /** Nanoseconds per pair in Verilog, in the whole bench, and in TypeScript. */
  readonly verilogNs: number;
  readonly benchNs: number;
  readonly typescriptNs: number;
}

/** Compute the same pairs in Verilog, by the compiler's floating point and in TypeScript, and compare all results. */
export async function checkStream(run: FloatRun): Promise<StreamReport> {
  const bench = await runBench(run);
  const stream = streamOf(run.unit, run.operation, run.seed);
  const start = performance.now();
  let differs = bench.differs;
  for (let n = 0; n < run.blocks && differs === null; n++) {
    const block = run.firstBlock + n;
    if (stream.digest(block) !== bench.digests[n]) differs = await explain(run, block, stream);
  }
  const pairs = run.blocks * LANES;
  return {
    pairs,
    differs,
    verilogNs: bench.verilogNsPerPair,
    benchNs: bench.nsPerPair,
    typescriptNs: ((performance.now() - start) * 1e6) / pairs,
  };
}

async function explain(run: FloatRun, block: number, stream: Stream): Promise<string> {
  const what = `${run.unit.name} ${run.operation}`;
  const hex = (bits: bigint) => bits.toString(16);
  for (const [lane, dumped] of (await dumpBlock(run, block)).entries()) {
    const { x, y, result } = stream.at(block * LANES + lane);
    if (x !== dumped.x || y !== dumped.y) {
      return `${what}, pair ${block * LANES + lane}: drawn as ${hex(x)} and ${hex(y)} in TypeScript, ${hex(dumped.x)} and ${hex(dumped.y)} in C++`;
    }
    if (result !== dumped.verilog) {
      return `${what}, pair ${block * LANES + lane}: ${hex(x)} and ${hex(y)} give ${hex(dumped.verilog)} in Verilog, ${hex(result)} in TypeScript`;
    }
  }
  return `${what}, block ${block}: equal results have different digests`;
}

/** Results of the pairs of a seed, computed in TypeScript. */
export interface Stream {
  /** The digest of a block's results, comparable with the bench's. */
  digest(block: number): string;
  /** A single pair and its result, as bits. */
  at(number: number): { readonly x: bigint; readonly y: bigint; readonly result: bigint };
}

/** Make the stream of a unit's pairs in TypeScript. */
export function streamOf({ operand, result }: FloatUnit, operation: OperationName, seed: Seed): Stream {
  const terms = operation === 'multiply' ? operand : result;
  const compute = operation === 'multiply' ? floatMultiply({ operand, result }) : floatAdd(result);
  const draw = seed === 'all' ? drawAll(terms) : drawOperands(terms, result, seed);
  const { decode } = halvesOf(terms);
  const { encode, halves } = halvesOf(result);
  const pair: Pair = { xLow: 0, xHigh: 0, yLow: 0, yHigh: 0 };
  const step = (number: number): void => {
    draw(number, pair);
    encode(compute(decode(pair.xLow, pair.xHigh), decode(pair.yLow, pair.yHigh)));
  };
  const join = (low: number, high: number) => (BigInt(high) << 32n) | BigInt(low);
  return {
    digest(block) {
      const digest = new Digest();
      for (let lane = 0; lane < LANES; lane++) {
        step(block * LANES + lane);
        digest.add(halves[0]!, halves[1]!);
      }
      return digest.toString();
    },
    at(number) {
      step(number);
      return {
        x: join(pair.xLow, pair.xHigh),
        y: join(pair.yLow, pair.yHigh),
        result: join(halves[0]!, halves[1]!),
      };
    },
  };
}

/** Conversions between numbers and bits in two halves, the lower first; without bigints, which are slow. */
function halvesOf(format: FloatFormat) {
  const double = new Float64Array(1);
  const halves = new Uint32Array(double.buffer);
  if (format.widthBits === 64) {
    return {
      halves,
      decode(low: number, high: number): number {
        halves[0] = low;
        halves[1] = high;
        return double[0]!;
      },
      encode(value: number): void {
        double[0] = value;
        // Whatever NaN the platform makes, the canonical one is meant; src/dtype/float-bits.ts is tested elsewhere.
        if (Number.isNaN(value)) {
          halves[0] = 0;
          halves[1] = 0x7ff80000;
        }
      },
    };
  }
  const { toWord, fromWord } = wordCodec(format);
  return {
    halves,
    decode: (low: number, _high: number): number => fromWord(low),
    encode(value: number): void {
      halves[0] = toWord(value);
      halves[1] = 0;
    },
  };
}

/** Every pair of a small format in turn. */
function drawAll({ widthBits }: FloatFormat): (number: number, pair: Pair) => void {
  return (number, pair) => {
    pair.xLow = number >>> widthBits;
    pair.yLow = number % 2 ** widthBits;
    pair.xHigh = 0;
    pair.yHigh = 0;
  };
}
