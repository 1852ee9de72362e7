import { beforeAll, describe, expect, test } from 'vitest';
import { buildFloats, type FloatUnit } from './build-floats.ts';
import { checkStream } from './check-stream.ts';
import { compareWithOracle, range } from './compare-oracle.ts';
import { ROUNDINGS } from './oracle.ts';
import { LANES, OPERATIONS, type OperationName } from './run-floats.ts';
import { EXHAUSTIVE_UNITS, UNITS } from './units.ts';

// The 2^20 sums of 10-bit numbers are left to scripts/check-floats.ts.
const CASES = EXHAUSTIVE_UNITS.flatMap((unit) =>
  OPERATIONS.filter((operation) => operation === 'multiply' || unit.result.widthBits === 8).map(
    (operation) => [unit.name, operation, unit] as [string, OperationName, FloatUnit],
  ),
);
const PAIRS = 2 ** 16;
/** Sums of a format with two exponents have at most one digit too many, or overflow. */
const NEVER_DOWN = ['toy-1-2-5 add'];

describe('every pair of 8-bit numbers', () => {
  let program: string;

  beforeAll(async () => {
    program = await buildFloats(UNITS);
  });

  test.each(CASES)(
    'of %s: %s is what exact arithmetic rounds to, in every way of rounding',
    (name, operation, unit) => {
      const { differs, counts } = compareWithOracle(unit, operation, 'all', range(0, PAIRS));
      expect(differs).toBeNull();
      for (const rounding of ROUNDINGS) {
        if (rounding === 'down' && NEVER_DOWN.includes(`${name} ${operation}`)) {
          expect(counts[rounding]).toBe(0);
        } else {
          expect(counts[rounding], rounding).toBeGreaterThan(0);
        }
      }
    },
  );

  test.each(CASES)('of %s: %s in Verilog is what TypeScript has', async (_, operation, unit) => {
    const run = { program, units: UNITS, unit, operation, seed: 'all' as const };
    const report = await checkStream({ ...run, firstBlock: 0, blocks: PAIRS / LANES });
    expect(report).toMatchObject({ pairs: PAIRS, differs: null });
  });
});
