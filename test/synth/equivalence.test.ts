import { describe, expect, it } from 'vitest';
import { buildDesign } from '../../src/design/build-design.ts';
import { type Design, moduleNames } from '../../src/design/design.ts';
import { type EmittedFile, structuralFiles } from '../../src/emit/emit-design.ts';
import { PRESET_NAMES, PRESETS } from '../../src/projection/space-time.ts';
import type { ArrayInput } from '../../src/spec/array-spec.ts';
import { operatorOf } from '../check/support/operators.ts';
import { runScript } from './support/run-yosys.ts';

const TIMEOUT_MS = 300_000;

/**
 * A multiplier whose product SAT sees through: proofs about 8-bit products by SAT take minutes. The product of the real
 * ones is proved below by all its operands.
 */
const PAIR = operatorOf('multiplier', 'pair', (a, b) => (a << 8n) | b, 'assign product_o = {a_i, b_i};');

function arrayOf(preset: (typeof PRESET_NAMES)[number], given: Partial<ArrayInput> = {}): Design {
  return buildDesign({
    name: 'proved',
    size: [2, 2, 2],
    projection: { preset, matrix: PRESETS[preset] },
    types: { a: 'int8', b: 'int8', c: 'int32' },
    operators: { multiplier: PAIR, adder: null },
    ...given,
  });
}

/** Hold the netlist that Yosys makes of the PE of `mapped` against the RTL of the PE of `meant`. */
function prove(meant: readonly EmittedFile[], mapped: readonly EmittedFile[], top: string): Promise<string> {
  const folder = (name: string, files: readonly EmittedFile[]) =>
    files.map(({ path, text }) => ({ path: `${name}_${path}`, text }));
  const [gold, gate] = [folder('gold', meant), folder('gate', mapped)];
  const read = (files: readonly EmittedFile[]) => `read_verilog ${files.map(({ path }) => path).join(' ')}`;
  const script = [
    `${read(gold)}; hierarchy -check -top ${top}; proc; flatten; opt_clean; rename ${top} gold; design -stash gold`,
    `${read(gate)}; synth -flatten -top ${top}; rename ${top} gate; design -stash gate`,
    'design -copy-from gold -as gold gold; design -copy-from gate -as gate gate',
    'equiv_make gold gate equiv; hierarchy -top equiv; equiv_simple; equiv_induct',
    'tee -q -o status.txt equiv_status -assert',
  ].join('; ');
  return runScript(script, [...gold, ...gate], 'status.txt');
}

describe('Yosys proves the netlist of the PE equal to its RTL', () => {
  const variants = [
    { faultSlots: 0, multiplierStages: 0 },
    { faultSlots: 1, multiplierStages: 1 },
  ];
  const cases = PRESET_NAMES.flatMap((preset) => variants.map((variant) => [preset, variant] as const));

  it.each(cases)(
    '%s, %o',
    async (preset, variant) => {
      const design = arrayOf(preset, variant);
      const files = structuralFiles(design);
      expect(await prove(files, files, moduleNames(design).pe)).toContain('Equivalence successfully proven!');
    },
    TIMEOUT_MS,
  );

  it(
    'not when a tap of the netlist acts on another node',
    async () => {
      const design = arrayOf('output_stationary', { faultSlots: 1 });
      const files = structuralFiles(design);
      const wrong = files.map(({ path, text }) => ({
        path,
        text: text.replace('fault_hit_i & fault_node_i[0:0]', 'fault_hit_i & fault_node_i[1:1]'),
      }));
      expect(wrong).not.toEqual(files);
      await expect(prove(files, wrong, moduleNames(design).pe)).rejects.toThrow('unproven $equiv cells');
    },
    TIMEOUT_MS,
  );
});
