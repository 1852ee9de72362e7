import { beforeAll, describe, expect, test } from 'vitest';
import { FLOAT16 } from '../../src/dtype/float-format.ts';
import { buildFloats, type FloatUnit } from './build-floats.ts';
import { checkStream, streamOf } from './check-stream.ts';
import { LANES, type OperationName, runBench } from './run-floats.ts';
import { TOY_143 } from './units.ts';

interface Defect {
  readonly name: string;
  /** The operation in which it shows. */
  readonly operation: OperationName;
  /** What is replaced in rtl/espalier_float.vh, and by what. */
  readonly right: string;
  readonly wrong: string;
}

const DEFECTS: readonly Defect[] = [
  {
    name: 'what is shifted out of a term is forgotten',
    operation: 'add',
    right: " | {{(FLOAT_TERM_DIGITS-1){1'b0}}, f_lost != {FLOAT_WORD_BITS{1'b0}}}",
    wrong: '',
  },
  {
    name: 'what is shifted out of a subnormal product is forgotten',
    operation: 'multiply',
    right: 'f_digits[0] = f_digits[0] | f_lost;',
    wrong: '',
  },
  {
    name: 'ties go away from zero',
    operation: 'multiply',
    right: 'f_digits[1] && (f_digits[0] || f_digits[2])',
    wrong: 'f_digits[1]',
  },
  {
    name: 'subnormal operands count as zero',
    operation: 'multiply',
    right: "f_digits = {f_fraction, 1'b0};",
    wrong: "f_digits = {(OPERAND_FRACTION+1){1'b0}};",
  },
  {
    name: 'subnormal sums become zero',
    operation: 'add',
    right: 'f_word  = f_word << f_places[FLOAT_COUNT_BITS-1:0];',
    wrong: "f_word  = f_places == f_limit ? {FLOAT_WORD_BITS{1'b0}} : f_word << f_places[FLOAT_COUNT_BITS-1:0];",
  },
  {
    name: 'NaN is negative',
    operation: 'add',
    right: "{1'b0, {(RESULT_EXPONENT+1){1'b1}}",
    wrong: "{1'b1, {(RESULT_EXPONENT+1){1'b1}}",
  },
  {
    name: 'x - x has the sign of x',
    operation: 'add',
    right: "if (f_subtract && f_sum == {FLOAT_SUM_DIGITS{1'b0}}) f_sign = 1'b0;",
    wrong: '',
  },
  {
    name: 'what overflows keeps its fraction',
    operation: 'multiply',
    right: '      f_special = FLOAT_INFINITY;\n    end\n    float_multiply_round',
    wrong: '    end\n    float_multiply_round',
  },
];

const unitsOf = ({ name, right, wrong }: Defect): readonly FloatUnit[] =>
  [FLOAT16, TOY_143].map((format) => ({
    name: `${format.name}, ${name}`,
    operand: format,
    result: format,
    change: (library) => {
      if (library.split(right).length !== 2) throw new Error(`the library does not have one place with ${right}`);
      return library.replace(right, wrong);
    },
  }));

const CASES = DEFECTS.map((defect) => ({ ...defect, found: unitsOf(defect) }));
const UNITS = CASES.flatMap(({ found }) => found);

describe('a defect in the Verilog is found', () => {
  let program: string;

  beforeAll(async () => {
    program = await buildFloats(UNITS);
  });

  test.each(CASES)('where $name: by C++ and by TypeScript', async ({ operation, found }) => {
    const unit = found[0]!;
    const run = { program, units: UNITS, unit, operation, seed: 1, firstBlock: 0, blocks: 4 };
    const { differs, digests } = await runBench(run);
    expect(differs).toMatch(
      /^float16, .*, pair \d+: [\da-f]+ and [\da-f]+ give [\da-f]+ in Verilog, [\da-f]+ in C\+\+$/,
    );
    const stream = streamOf(unit, operation, run.seed);
    expect(digests.some((digest, block) => digest !== stream.digest(block))).toBe(true);
  });

  test.each(CASES)('where $name: among all pairs of 8-bit numbers', async ({ operation, found }) => {
    const unit = found[1]!;
    const run = { program, units: UNITS, unit, operation, seed: 'all' as const };
    const { differs } = await checkStream({ ...run, firstBlock: 0, blocks: 2 ** 16 / LANES });
    expect(differs).toMatch(/, pair \d+: [\da-f]+ and [\da-f]+ give [\da-f]+ in Verilog, [\da-f]+ in TypeScript$/);
  });
});
