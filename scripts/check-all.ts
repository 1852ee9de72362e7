/**
 * Cross-check many arrays: the presets and further legal matrices × dtypes × sizes, each with and without a product
 * register in turn. Prints one line per array and exits with 1 if any model differs from another.
 *
 *   npx node scripts/check-all.ts [--trials 10000] [--seed 1] [--architecture rolled|structural]
 */
import { parseArgs } from 'node:util';
import { openRtl } from '../src/backend/open.ts';
import { crossCheck } from '../src/check/cross-check.ts';
import { buildDesign } from '../src/design/build-design.ts';
import type { Dtype } from '../src/dtype/dtype.ts';
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

const TYPES: readonly (readonly [Dtype, Dtype, Dtype])[] = [
  ['int8', 'int8', 'int32'],
  ['uint8', 'int8', 'int32'],
  ['int16', 'int16', 'int64'],
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
  },
});

let failed = 0;
let turn = 0;
for (const [name, matrix] of Object.entries<Matrix3>({ ...PRESETS, ...FURTHER })) {
  for (const [a, b, c] of TYPES) {
    for (const size of SIZES) {
      const spec: ArrayInput = {
        name,
        size,
        projection: { preset: null, matrix },
        types: { a, b, c },
        faultSlots: 3,
        multiplierStages: turn++ % 2,
      };
      if (!(await check(spec))) failed++;
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
    const array = `${spec.name} ${spec.size.join('x')} ${a}*${b}+${c}${spec.multiplierStages ? ' product register' : ''}`;
    console.log(
      `${report.mismatch ? 'DIFFER' : 'agree '} ${array}: ${report.tally.trials} trials, design ${design.hash}`,
    );
    if (report.mismatch) console.log(report.mismatch);
    return report.mismatch === null;
  } finally {
    await rtl.close();
  }
}
