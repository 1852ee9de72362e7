import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend, BackendKind } from '../../src/backend/backend.ts';
import { openBackend } from '../../src/backend/open.ts';
import { findTools } from '../../src/backend/tools.ts';
import { buildDesign } from '../../src/design/build-design.ts';
import { ToolMissingError } from '../../src/errors.ts';
import { replaceLayers } from '../../src/onnx/run/replace-layers.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { bitsOf } from '../../src/tensor/tensor.ts';
import { definitionOf } from './support/float-layers.ts';
import { numberBits } from './support/number-bits.ts';
import { operandsOf, type ProjectTest, projectTests } from './support/project-tests.ts';

const DESIGNS = parseSpec(
  `
  array integers { size 4 x 4 x 4; projection output_stationary; types a: int8, b: int8, c: int32 }
  array floats { size 4 x 4 x 4; projection output_stationary; types a: float32, b: float32; multiplier_stages 1 }
  `,
  'project.array',
).arrays.map(buildDesign);

const TESTS = await projectTests();

const hasVerilator = await findTools().then(
  () => true,
  (error) => {
    if (error instanceof ToolMissingError) return false;
    throw error;
  },
);

interface TestRun {
  readonly kind: BackendKind;
  readonly tests: readonly ProjectTest[];
  /** Why they cannot run. */
  readonly missing: string | null;
}

/** Which tests run where: on the RTL every third. */
const RUNS: readonly TestRun[] = [
  { kind: 'functional', tests: TESTS, missing: null },
  {
    kind: 'rtl',
    tests: TESTS.filter((_, n) => n % 3 === 0),
    missing: hasVerilator ? null : 'rtl (skipped: Verilator is absent)',
  },
];

const INTEGER = ['ConvInteger', 'QLinearConv', 'MatMulInteger', 'QLinearMatMul'];

describe.skipIf(TESTS.length === 0)('operator tests of the ONNX project (skipped when they are absent)', () => {
  it('are those of all operators but QGemm, which is not of the standard', () => {
    const counts: Record<string, number> = {};
    for (const { node } of TESTS) counts[node.opType] = (counts[node.opType] ?? 0) + 1;
    expect(counts).toEqual({
      Conv: 23,
      ConvInteger: 1,
      Gemm: 9,
      MatMul: 6,
      MatMulInteger: 1,
      QLinearConv: 1,
      QLinearMatMul: 6,
    });
  });

  for (const { kind, tests, missing } of RUNS) {
    describe.skipIf(missing !== null)(missing ?? kind, () => {
      let integers: Backend;
      let floats: Backend;
      beforeAll(async () => {
        [integers, floats] = (await Promise.all(DESIGNS.map((design) => openBackend(design, kind)))) as [
          Backend,
          Backend,
        ];
      });
      afterAll(() => Promise.all([integers?.close(), floats?.close()]));

      it.each(tests.filter(({ node }) => INTEGER.includes(node.opType)))(
        '$name: the stored output',
        async ({ model, inputs, expected }) => {
          const replaced = await replaceLayers(model, { backend: integers });
          const { outputs, layers } = await replaced.run(inputs);
          await replaced.close();
          expect(layers).toHaveLength(1);
          expect(Object.values(outputs)).toEqual([expected]);
        },
      );

      it.each(tests.filter(({ node }) => !INTEGER.includes(node.opType)))(
        '$name: the bits of the plain loop, near the stored output',
        async (test) => {
          const replaced = await replaceLayers(test.model, { backend: floats });
          const { outputs, layers } = await replaced.run(test.inputs);
          await replaced.close();
          expect(layers).toHaveLength(1);
          const [y] = Object.values(outputs);
          const { numbers, bounds } = definitionOf(test.node, operandsOf(test));
          expect(bitsOf(y!.data)).toEqual(numberBits('float32', numbers));
          expect(y!.shape).toEqual(test.expected.shape);
          const far = bounds.filter(
            (bound, at) => !(Math.abs(Number(y!.data[at]) - Number(test.expected.data[at])) <= bound),
          );
          expect(far).toEqual([]);
        },
      );
    });
  }
});
