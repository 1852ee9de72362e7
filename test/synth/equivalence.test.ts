import { describe, expect, it } from 'vitest';
import { buildDesign } from '../../src/design/build-design.ts';
import { type Design, moduleNames } from '../../src/design/design.ts';
import { type EmittedFile, structuralFiles } from '../../src/emit/emit-design.ts';
import { PRESET_NAMES, PRESETS, type PresetName } from '../../src/projection/space-time.ts';
import type { ArrayInput } from '../../src/spec/array-spec.ts';
import { operatorOf } from '../check/support/operators.ts';
import { runScript } from './support/run-yosys.ts';

const TIMEOUT_MS = 300_000;

/** Presets in which one factor stays in the PE. */
const STATIONARY_FACTOR = /^(row|col)_stationary/;

/** A multiplier that SAT sees through at once. */
const PAIR = operatorOf('multiplier', 'pair', (a, b) => (a << 8n) | b, 'assign product_o = {a_i, b_i};');

function arrayOf(preset: PresetName, given: Partial<ArrayInput> = {}): Design {
  return buildDesign({
    name: 'proved',
    size: [2, 2, 2],
    projection: { preset, matrix: PRESETS[preset] },
    types: { a: 'int8', b: 'int8', c: 'int32' },
    ...given,
  });
}

/**
 * Hold the netlist that Yosys makes of the PE of `mapped` against the RTL of the PE of `meant`: their registers, paired by
 * name, become inputs and outputs of both, and the circuit that tells whether any output differs is reduced by SAT
 * sweeping, which products need, before the proof that it gives 0. A register without a partner would be left over.
 */
function prove(meant: readonly EmittedFile[], mapped: readonly EmittedFile[], top: string): Promise<string> {
  const folder = (name: string, files: readonly EmittedFile[]) =>
    files.map(({ path, text }) => ({ path: `${name}_${path}`, text }));
  const [gold, gate] = [folder('gold', meant), folder('gate', mapped)];
  const read = (files: readonly EmittedFile[]) =>
    `read_verilog ${files.map(({ path }) => path).join(' ')}; hierarchy -check -top ${top}; proc; setattr -set keep_name 1 w:*_q`;
  const plain = 'async2sync; dffunmap; opt_clean -purge'; // leaves one name for each register, `_q` before others
  const script = [
    `${read(gold)}; flatten -noscopeinfo; opt_clean; ${plain}; rename ${top} gold; design -stash gold`,
    `${read(gate)}; synth -flatten -top ${top}; check -assert; ${plain}; rename ${top} gate; design -stash gate`,
    'design -copy-from gold -as gold gold; design -copy-from gate -as gate gate',
    'expose -evert-dff -shared gold gate; miter -equiv -flatten gold gate miter; hierarchy -top miter',
    'techmap; opt_clean; select -assert-none miter/t:*dff* miter/t:*DFF* miter/t:*latch*',
    'abc -script "+strash;iprove"; opt_clean',
    'tee -q -o status.txt sat -prove trigger 0 -verify miter',
  ].join('; ');
  return runScript(script, [...gold, ...gate], 'status.txt');
}

/** Proofs that are done: mirrored presets have the same PE but for comments, and so the same proof. */
const proofs = new Map<string, Promise<string>>();

function proveOnce(design: Design): Promise<string> {
  const files = structuralFiles(design);
  const top = moduleNames(design).pe;
  const used = files.filter(({ path }) => path !== `${moduleNames(design).grid}.v`);
  const code = used.map(({ text }) => text.replaceAll(/\/\/.*/g, '')).join('');
  const proof = proofs.get(code) ?? prove(used, used, top);
  proofs.set(code, proof);
  return proof;
}

describe('Yosys proves the netlist of gates of the PE equal to its RTL', () => {
  const cases: readonly (readonly [PresetName, Partial<ArrayInput>])[] = [
    ...PRESET_NAMES.map((preset) => [preset, {}] as const),
    // With taps in front of both factors the sweep takes more than a minute, and the taps do not depend on the product.
    ...PRESET_NAMES.map((preset) => {
      const operators = STATIONARY_FACTOR.test(preset) ? null : { multiplier: PAIR, adder: null };
      return [preset, { faultSlots: 1, ...(operators && { operators }) }] as const;
    }),
    ['output_stationary', { types: { a: 'uint8', b: 'int8', c: 'int32' } }],
    ['row_stationary', { multiplierStages: 1 }],
  ];

  it.each(cases)(
    '%s, %o',
    async (preset, given) => expect(await proveOnce(arrayOf(preset, given))).toContain('SUCCESS!'),
    TIMEOUT_MS,
  );

  it.each([
    ['a tap of the netlist acts on another node', 'fault_hit_i & fault_node_i[0:0]', 'fault_hit_i & fault_node_i[1:1]'],
    ['a factor of the netlist has no sign', '{8{a_q[7]}}', "{8{1'd0}}"],
    ['a register of the netlist is reset to another value', "a_q <= 8'd0", "a_q <= 8'd1"],
  ])(
    'not when %s',
    async (_, from, to) => {
      const design = arrayOf('output_stationary', { faultSlots: 1 });
      const files = structuralFiles(design);
      const wrong = files.map(({ path, text }) => ({ path, text: text.replace(from, to) }));
      expect(wrong).not.toEqual(files);
      await expect(prove(files, wrong, moduleNames(design).pe)).rejects.toThrow('proof did fail');
    },
    TIMEOUT_MS,
  );
});
