import { execa } from 'execa';
import type { FloatUnit } from './build-floats.ts';

export type OperationName = 'multiply' | 'add';

export const OPERATIONS: readonly OperationName[] = ['multiply', 'add'];

/** Pairs in a block. */
export const LANES = 4096;

/** Which pairs a run draws: those of a seed, or all pairs of a small format. */
export type Seed = number | 'all';

export interface FloatRun {
  readonly program: string;
  readonly units: readonly FloatUnit[];
  readonly unit: FloatUnit;
  readonly operation: OperationName;
  readonly seed: Seed;
  readonly firstBlock: number;
  readonly blocks: number;
}

/** What the bench says of a run. */
export interface BenchReport {
  /** One per block. */
  readonly digests: readonly string[];
  /** The first pair on which the Verilog differs from the compiler's floating point, if any. */
  readonly differs: string | null;
  readonly verilogNsPerPair: number;
  readonly nsPerPair: number;
}

/** Run blocks of pairs through the Verilog and, where the compiler knows the formats, its floating point. */
export async function runBench({ program, units, unit, operation, seed, ...run }: FloatRun): Promise<BenchReport> {
  const args = ['run', units.indexOf(unit), operation, seed, run.firstBlock, run.blocks].map(String);
  const { stdout, stderr, exitCode } = await execa(program, args, { reject: false });
  if (exitCode !== 0 && exitCode !== 1)
    throw new Error(`${program} ${args.join(' ')}: exit code ${exitCode}: ${stderr}`);
  const digests: string[] = [];
  let differs: string | null = null;
  let time = [1, 0, 0];
  for (const line of stdout.split('\n')) {
    const [kind, ...rest] = line.split(' ');
    if (kind === 'block') digests.push(rest[1]!);
    if (kind === 'time') time = rest.map(Number);
    if (kind === 'differ') {
      const [number, x, y, verilog, compiler] = rest;
      differs = `${unit.name} ${operation}, pair ${number}: ${x} and ${y} give ${verilog} in Verilog, ${compiler} in C++`;
    }
  }
  if (digests.length !== run.blocks) throw new Error(`${program} gave ${digests.length} of ${run.blocks} blocks`);
  return { digests, differs, verilogNsPerPair: time[1]! / time[0]!, nsPerPair: time[2]! / time[0]! };
}

/** Get every pair of a block, with the results of Verilog and compiler (null where the compiler lacks the formats). */
export async function dumpBlock(
  { program, units, unit, operation, seed }: Omit<FloatRun, 'firstBlock' | 'blocks'>,
  block: number,
): Promise<readonly { x: bigint; y: bigint; verilog: bigint; compiler: bigint | null }[]> {
  const args = ['dump', units.indexOf(unit), operation, seed, block].map(String);
  const { stdout } = await execa(program, args);
  return stdout.split('\n').map((line) => {
    const [x, y, verilog, compiler] = line.split(' ');
    const bits = (hex: string) => BigInt(`0x${hex}`);
    return { x: bits(x!), y: bits(y!), verilog: bits(verilog!), compiler: compiler === '-' ? null : bits(compiler!) };
  });
}

/** Hold pipelined multipliers and adders of every latency against combinational ones; gives what the bench says. */
export async function runPipes(program: string, seed: number, cycles: number): Promise<string> {
  const { stdout } = await execa(program, ['pipes', String(seed), String(cycles)], { reject: false });
  return stdout;
}
