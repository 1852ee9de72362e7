/**
 * Cross-check many arrays: the presets and further legal matrices × dtypes, each without and with a product register,
 * adders with as many stages as the matrix leaves them time for, sizes in turn. Prints one line per array and exits
 * with 1 if any model differs from another.
 *
 *   npx node scripts/check-all.ts [--trials 10000] [--seed 1] [--architecture rolled|structural] [--dtype DTYPE]...
 *
 * --dtype keeps to arrays with these dtypes of line a.
 */
import { parseArgs } from 'node:util';
import { openRtl } from '../src/backend/open.ts';
import { crossCheck } from '../src/check/cross-check.ts';
import { buildDesign } from '../src/design/build-design.ts';
import { type Matrix3, PRESETS } from '../src/projection/space-time.ts';
import type { ArrayInput, ArraySpec } from '../src/spec/array-spec.ts';

const FURTHER: Readonly<Record<string, Matrix3>> = {
  long_flow: [
    [2, 0, 0],
    [0, 1, 0],
    [1, 1, 1],
  ],
  diagonal_flow: [
    [1, 0, 1],
    [0, 1, -1],
    [1, 1, 1],
  ],
  slow_lines: [
    [1, 0, 0],
    [0, 1, 0],
    [2, 1, 3],
  ],
  slow_b_stationary: [
    [0, 1, 0],
    [0, 0, 1],
    [2, 1, 1],
  ],
  interleaved_hexagon: [
    [-1, 1, 0],
    [0, -1, 1],
    [1, 2, 1],
  ],
  skewed: [
    [1, 1, 0],
    [0, 2, -1],
    [1, 1, 2],
  ],
  long_and_slow: [
    [1, 0, 2],
    [0, 1, 0],
    [1, 1, 3],
  ],
  gaps: [
    [5, -1, 0],
    [0, 1, -3],
    [1, 1, 1],
  ],
};

type TypeInput = Pick<ArrayInput, 'types' | 'wrap'>;

const TYPES: readonly TypeInput[] = [
  { types: { a: 'uint16', b: 'uint16', c: 'int64' } },
  { types: { a: 'int32', b: 'int32', c: 'int64' } },
  { types: { a: 'int64', b: 'int64', c: 'int64' }, wrap: true },
  { types: { a: 'bfloat16', b: 'bfloat16', c: 'float32' } },
  { types: { a: 'float16', b: 'float16', c: 'float32' } },
  { types: { a: 'float32', b: 'float32', c: 'float32' } },
  { types: { a: 'float64', b: 'float64', c: 'float64' } },
  { types: { a: 'int8', b: 'int8', c: 'int32' } },
  { types: { a: 'uint8', b: 'int8', c: 'int32' } },
];

const SIZES: readonly ArraySpec['size'][] = [
  [4, 3, 2],
  [2, 5, 4],
  [3, 2, 6],
];

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    architecture: { type: 'string', default: 'rolled' },
    dtype: { type: 'string', multiple: true },
  },
});

let failed = 0;
let turn = 0;
for (const types of TYPES.filter(({ types: { a } }) => values.dtype?.includes(a) ?? true)) {
  for (const [name, matrix] of Object.entries<Matrix3>({ ...PRESETS, ...FURTHER })) {
    for (const multiplierStages of [0, 1]) {
      const size = SIZES[turn++ % SIZES.length]!;
      const projection = { preset: null, matrix };
      if (!(await check({ name, size, projection, ...types, faultSlots: 3, multiplierStages }))) failed++;
    }
  }
}
console.log(failed === 0 ? 'all models of all arrays agree' : `${failed} arrays with differing models`);
process.exitCode = failed === 0 ? 0 : 1;

async function check(spec: ArrayInput): Promise<boolean> {
  const design = buildDesign(spec);
  const architecture = values.architecture === 'structural' ? 'structural' : 'rolled';
  const rtl = await openRtl(design, { architecture, trace: true });
  try {
    const trials = Number(values.trials);
    const report = await crossCheck(design, { trials, seed: Number(values.seed), rtl, directory: 'out/check-all' });
    const { a, b, c } = spec.types;
    const { multiplierStages, adderStages } = design.spec;
    const stages = `stages ${multiplierStages} + ${adderStages}`;
    const array = `${spec.name} ${spec.size.join('x')} ${a}*${b}+${c}, ${stages}`;
    console.log(
      `${report.mismatch ? 'DIFFER' : 'agree '} ${array}: ${report.tally.trials} trials, design ${design.hash}`,
    );
    if (report.mismatch) console.log(report.mismatch);
    return report.mismatch === null;
  } finally {
    await rtl.close();
  }
}
