import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it, test } from 'vitest';
import { DTYPES, dtypeInfo } from '../../src/dtype/dtype.ts';
import { FAULT_NODES, type FaultSpec } from '../../src/fault/fault.ts';
import { type Matrix3, PRESET_NAMES, PRESETS, projectionProblems } from '../../src/projection/space-time.ts';
import { type ArraySpec, MAX_FAULT_SLOTS, MAX_SIDE, MAX_STAGES, MULTIPLIER_STYLES } from '../../src/spec/array-spec.ts';
import { formatFault, formatSpec } from '../../src/spec/format.ts';
import { parseFault, parseSpec } from '../../src/spec/parse.ts';
import { typeProblem } from '../../src/spec/type-rules.ts';
import { isVerilogKeyword } from '../../src/spec/verilog-names.ts';
import { EXAMPLE } from './example.ts';
import { operatorFile } from './operator-file.ts';

/** A folder whose name needs care in a text in double quotes. */
const FOLDER = mkdtempSync(join(tmpdir(), 'espalier "odd" \\n # '));
afterAll(() => rmSync(FOLDER, { recursive: true }));

describe('the formatter', () => {
  it('prints a spec with its defaults filled in and without its comments', () => {
    expect(formatSpec(parseSpec(EXAMPLE.replace(', c: int32', ''), 'f.array'))).toBe(`array os8 {
  size 8 x 8 x 64
  projection output_stationary
  types a: int8, b: int8, c: int32
  fault_slots 4
}

array hex {
  size 4 x 4 x 4
  projection [[-1, 1, 0], [0, -1, 1], [1, 1, 1]]
  types a: uint8, b: int8, c: int32
  fault_slots 2
  multiplier_stages 1
}

fault weak: stuck_at_1 bit 5 of c at (1, 1)
fault upset: flip bits 0x11 of a at (2, 3) cycles >=4<=9
`);
    expect(formatSpec({ arrays: [], faults: [] })).toBe('');
  });

  test.each([
    'stuck_at_0 bit 31 msb first of c_in at (-1, 0)',
    'flip bits 0x11 of a_out at (2, 3) cycles =7 tile 2',
    'set bits 0xff msb first to 0x12 of c at (1, 1) cycles >=4',
    'set bit 3 to 1 of p at (1, 1) cycles <=9',
    'flip bit 0 of last at (1, 1) cycles =0',
    'flip bit 0 of first at (1, 1) tile 0',
    'flip bits 0x3 of s at (1, 1)',
  ])('prints a fault as it stands: %s', (text) => {
    expect(formatFault(parseFault(text))).toBe(text);
  });

  it('prints what a floating-point array leaves out, and wrap, stages and paths', () => {
    const text = `array own {
  size 1 x 1 x 1
  projection [[1, 0, 0], [0, 1, 0], [1, 1, 4]]
  types a: bfloat16, b: bfloat16, c: float32
  multiplier_stages 2
  adder_stages 4
  multiplier "times"
}

array narrow {
  size 1 x 1 x 1
  projection output_stationary
  types a: int8, b: int8, c: int8 wrap
  adder "plus"
}
`;
    const spec = parseSpec(text.replace('  adder_stages 4\n', ''), 'f.array', FOLDER);
    expect(formatSpec(spec, FOLDER)).toBe(text);
    expect(formatSpec(spec, tmpdir())).toContain(`  multiplier ${JSON.stringify(`${basename(FOLDER)}/times`)}\n`);
    expect(formatSpec(spec)).toContain(`  adder ${JSON.stringify(join(FOLDER, 'plus'))}\n`);
  });

  it('prints any spec so that reading it gives an equal one', () => {
    fc.assert(
      fc.property(arrays, faults, (arrays, faults) => {
        const spec = { arrays, faults, campaigns: [] };
        expect(parseSpec(formatSpec(spec), 'f.array')).toEqual(spec);
        expect(parseSpec(formatSpec(spec, FOLDER), join(FOLDER, 'f.array'))).toEqual(spec);
        for (const fault of faults) expect(parseFault(formatFault(fault))).toEqual({ ...fault, name: null });
      }),
      { numRuns: 300 },
    );
  });
});

const name = fc.stringMatching(/^[A-Za-z](_?[A-Za-z0-9]){0,6}_?$/).filter((word) => !isVerilogKeyword(word));
const faultName = fc.stringMatching(/^[A-Za-z_]\w{0,12}$/);
const side = fc.integer({ min: 1, max: MAX_SIDE });
const entry = fc.integer({ min: -9, max: 9 }).map((value) => value + 0);
const row = fc.tuple(entry, entry, entry);
const delay = fc.integer({ min: 1, max: 4096 });
const matrix = fc
  .tuple(row, row, fc.tuple(delay, delay, delay))
  .filter((rows: Matrix3) => projectionProblems(rows).length === 0);
const dtype = fc.constantFrom(...DTYPES);
const integer = fc.constantFrom(...DTYPES.filter((name) => dtypeInfo(name).kind === 'integer'));

/** Dtypes that go together, with wrap where c is narrow. */
const typings = fc
  .oneof(
    fc.record({ a: integer, b: integer, c: integer }),
    fc.record({ a: dtype, c: dtype }).map(({ a, c }) => ({ a, b: a, c })),
  )
  .map((types) => ({ types, wrap: typeProblem(types, true) === null }))
  .filter(({ types, wrap }) => typeProblem(types, wrap) === null);

const projections = fc.oneof(
  fc.constantFrom(...PRESET_NAMES).map((preset) => ({ preset, matrix: PRESETS[preset] as Matrix3 })),
  matrix.map((rows) => ({ preset: null, matrix: rows as Matrix3 })),
);

const operators = fc.record({
  multiplier: fc.constantFrom(null, operatorFile(FOLDER, 'multiplier', 'times')),
  adder: fc.constantFrom(null, operatorFile(FOLDER, 'adder', 'plus')),
});

function stagesOf({ types, projection, operators }: Pick<ArraySpec, 'types' | 'projection' | 'operators'>) {
  const single = dtypeInfo(types.c).kind === 'integer' || operators.adder !== null;
  const most = single ? 1 : Math.min(MAX_STAGES, projection.matrix[2][2]);
  return fc.record({
    multiplierStages: fc.integer({ min: 0, max: MAX_STAGES }),
    adderStages: fc.integer({ min: 1, max: most }),
  });
}

const arrays = fc.uniqueArray(
  fc
    .record({
      name,
      size: fc.tuple(side, side, side),
      projection: projections,
      typing: typings,
      faultSlots: fc.integer({ min: 0, max: MAX_FAULT_SLOTS }),
      faultNodes: fc.constantFrom<ArraySpec['faultNodes'][]>(null, ['a'], ['a', 'b', 'c'], ['c_in']),
      operators,
    })
    .chain(({ typing, ...rest }) => {
      const array = { ...rest, ...typing };
      const styled = dtypeInfo(array.types.a).kind === 'integer' && array.operators.multiplier === null;
      const styles = fc.constantFrom(...MULTIPLIER_STYLES.slice(0, styled ? 2 : 1));
      return fc
        .tuple(stagesOf(array), styles)
        .map(([stages, multiplierStyle]): ArraySpec => ({ ...array, ...stages, multiplierStyle }));
    }),
  { maxLength: 4, selector: (array) => array.name },
);

const msb = fc.constantFrom('first', 'last');
const mask = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n });
const action = fc.oneof(
  fc.record({
    kind: fc.constantFrom('stuck_at_0', 'stuck_at_1', 'flip'),
    bits: fc.oneof(
      fc.record({ form: fc.constant('index'), index: fc.nat(63), msb }),
      fc.record({ form: fc.constant('mask'), mask, msb }),
    ),
    value: fc.constant(null),
  }),
  fc.tuple(mask, mask, msb).map(([bits, value, order]) => ({
    kind: 'set' as const,
    bits: { form: 'mask' as const, mask: bits, msb: order },
    value: value & bits,
  })),
  fc.tuple(fc.nat(63), fc.boolean(), msb).map(([index, one, order]) => ({
    kind: 'set' as const,
    bits: { form: 'index' as const, index, msb: order },
    value: one ? 1n << BigInt(index) : 0n,
  })),
);
const cycle = fc.oneof(fc.nat(20), fc.maxSafeNat());
const window = fc
  .tuple(cycle, fc.oneof(cycle, fc.constant(Number.POSITIVE_INFINITY)), fc.option(fc.nat()))
  .map(([one, other, tile]) => ({ from: Math.min(one, other), to: Math.max(one, other), tile }));
const coordinate = fc.integer({ min: -4000, max: 4000 });

const faults = fc.uniqueArray(
  fc
    .record({
      name: faultName,
      node: fc.constantFrom(...FAULT_NODES),
      pe: fc.record({ x: coordinate, y: coordinate }),
      action,
      window,
    })
    .map(({ action, ...rest }): FaultSpec => ({ ...rest, ...action })),
  { maxLength: 4, selector: (fault) => fault.name },
);
