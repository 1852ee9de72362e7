import { beforeAll, describe, expect, test } from 'vitest';
import { buildFloats, type FloatUnit } from './build-floats.ts';
import { checkStream } from './check-stream.ts';
import { compareWithOracle, range } from './compare-oracle.ts';
import { ROUNDINGS } from './oracle.ts';
import { LANES, OPERATIONS, type OperationName, runPipes } from './run-floats.ts';
import { FORMAT_UNITS, UNITS } from './units.ts';

// A slice of what scripts/check-floats.ts does: the cross product of special numbers comes first, then all kinds.
const SEED = 1;
const BLOCKS = 4;
const CASES = FORMAT_UNITS.flatMap((unit) =>
  OPERATIONS.map((operation) => [unit.name, operation, unit] as [string, OperationName, FloatUnit]),
);
const ALWAYS_EXACT = ['float16 to float32 multiply', 'float32 to float64 multiply'];

describe('Verilog, C++ and TypeScript agree', () => {
  let program: string;

  beforeAll(async () => {
    program = await buildFloats(UNITS);
  });

  test.each(CASES)('on %s %s', async (_, operation, unit) => {
    const run = { program, units: UNITS, unit, operation, seed: SEED, firstBlock: 0, blocks: BLOCKS };
    expect(await checkStream(run)).toMatchObject({ pairs: BLOCKS * LANES, differs: null });
  });

  test('when registers are put between the stages, 1 to 8 of them', async () => {
    expect(await runPipes(program, SEED, 20_000)).toBe('right in 20000 cycles');
  });
});

test.each(CASES)('%s %s rounds as exact arithmetic says, in every way', (name, operation, unit) => {
  const { differs, counts } = compareWithOracle(unit, operation, SEED, range(1000, 4000));
  expect(differs).toBeNull();
  for (const rounding of ROUNDINGS) {
    if (rounding !== 'exact' && ALWAYS_EXACT.includes(`${name} ${operation}`)) expect(counts[rounding]).toBe(0);
    else expect(counts[rounding], rounding).toBeGreaterThan(0);
  }
});
