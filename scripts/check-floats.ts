/**
 * Check the floating-point library by itself: Verilog = TypeScript = the compiler's floating point on at least a
 * million pairs for each format and operation, on all pairs of the small formats, and on pipelines of every latency;
 * exact arithmetic judges a part of them. Prints a line per format and operation and exits with 1 if anything
 * differs.
 *
 *   npx node scripts/check-floats.ts [--pairs 1000000] [--judged 20000] [--seed 1]
 */
import { parseArgs } from 'node:util';
import { buildFloats, type FloatUnit } from '../test/float/build-floats.ts';
import { checkStream, type StreamReport } from '../test/float/check-stream.ts';
import { compareWithOracle, range } from '../test/float/compare-oracle.ts';
import { LANES, OPERATIONS, type OperationName, runPipes, type Seed } from '../test/float/run-floats.ts';
import { EXHAUSTIVE_UNITS, FORMAT_UNITS, UNITS } from '../test/float/units.ts';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '1000000' },
    judged: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
  },
});
const seed = Number(values.seed);
const blocks = Math.ceil(Number(values.pairs) / LANES);
const judged = Number(values.judged);

let failed = 0;
const start = performance.now();
const program = await buildFloats(UNITS, (phase) => console.log(phase));
console.log(`bench ready after ${seconds(start)} s`);

for (const unit of FORMAT_UNITS) {
  for (const operation of OPERATIONS) await check(unit, operation, seed, blocks, judged);
}
for (const unit of EXHAUSTIVE_UNITS) {
  for (const operation of OPERATIONS) {
    const pairs = 4 ** (operation === 'multiply' ? unit.operand : unit.result).widthBits;
    await check(unit, operation, 'all', pairs / LANES, pairs);
  }
}
const pipes = await runPipes(program, seed, 1_000_000);
console.log(`pipelines: ${pipes}`);
if (!pipes.startsWith('right')) failed++;

console.log(failed === 0 ? `everything agrees, ${seconds(start)} s` : `${failed} checks found a difference`);
process.exitCode = failed === 0 ? 0 : 1;

async function check(
  unit: FloatUnit,
  operation: OperationName,
  seed: Seed,
  blocks: number,
  judged: number,
): Promise<void> {
  const begin = performance.now();
  const report = await checkStream({ program, units: UNITS, unit, operation, seed, firstBlock: 0, blocks });
  const rate = report.pairs / ((performance.now() - begin) * 1e3);
  const oracle = compareWithOracle(unit, operation, seed, range(0, judged));
  if (report.differs ?? oracle.differs) failed++;
  const name = `${unit.name} ${operation}`.padEnd(30);
  console.log(`${(report.differs ?? oracle.differs) ? 'DIFFER' : 'agree '} ${name} ${figures(report, rate)}`);
  const counts = Object.entries(oracle.counts).map(([rounding, count]) => `${count} ${rounding}`);
  console.log(`       ${''.padEnd(30)} judged exactly: ${counts.join(', ')}`);
  for (const difference of [report.differs, oracle.differs])
    if (difference !== null) console.log(`       ${difference}`);
}

function figures({ pairs, verilogNs, benchNs, typescriptNs }: StreamReport, rate: number): string {
  const ns = [
    `Verilog ${verilogNs.toFixed(0)}`,
    `C++ in all ${benchNs.toFixed(0)}`,
    `TypeScript ${typescriptNs.toFixed(0)}`,
  ];
  return `${pairs} pairs, ${rate.toFixed(1)} million/s (ns per pair: ${ns.join(', ')})`;
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}
