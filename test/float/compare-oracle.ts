import type { FloatUnit } from './build-floats.ts';
import { streamOf } from './check-stream.ts';
import { judge, ROUNDINGS, type Rounding } from './oracle.ts';
import type { OperationName, Seed } from './run-floats.ts';

export interface OracleReport {
  /** The first pair on which TypeScript differs from exact arithmetic, if any. */
  readonly differs: string | null;
  readonly counts: Readonly<Record<Rounding, number>>;
}

/** Hold TypeScript's results of some pairs of a stream against exact arithmetic, and count how they were rounded. */
export function compareWithOracle(
  unit: FloatUnit,
  operation: OperationName,
  seed: Seed,
  numbers: Iterable<number>,
): OracleReport {
  const stream = streamOf(unit, operation, seed);
  const counts = Object.fromEntries(ROUNDINGS.map((name) => [name, 0])) as Record<Rounding, number>;
  for (const number of numbers) {
    const { x, y, result } = stream.at(number);
    const { bits, rounding } = judge(unit, operation, x, y);
    if (rounding !== null) counts[rounding]++;
    if (bits !== result) {
      const [a, b, exact, rounded] = [x, y, bits, result].map((value) => value.toString(16));
      return { differs: `${unit.name} ${operation}: ${a} and ${b} give ${exact} exactly, ${rounded} here`, counts };
    }
  }
  return { differs: null, counts };
}

/** Count from one number up to another. */
export function* range(from: number, to: number): Generator<number> {
  for (let number = from; number < to; number++) yield number;
}
