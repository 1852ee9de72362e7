import { buildDesign } from '../../src/design/build-design.ts';
import type { ArrayInput } from '../../src/spec/array-spec.ts';
import { carryOut } from '../../src/synth/carry-out.ts';
import { type CellCounts, countCells } from '../../src/synth/cells.ts';
import { planCells } from '../../src/synth/plan.ts';
import { type TargetName, targetOf } from '../../src/synth/targets.ts';
import { embeddedYosys } from '../../src/synth/yosys.ts';
import type { Limit } from './cell-table.ts';

/** A processing element to synthesise: that of an output-stationary array, whose size does not matter. */
export type PeCase = Pick<ArrayInput, 'types' | 'faultNodes' | 'multiplierStyle'> &
  Required<Pick<ArrayInput, 'multiplierStages' | 'adderStages' | 'faultSlots'>>;

/** What a PE is synthesised for. */
export interface TableTarget {
  readonly name: string;
  readonly target: TargetName;
  readonly dsp: boolean;
}

export const TABLE_TARGETS: readonly TableTarget[] = [
  { name: 'Xilinx 7', target: 'xilinx', dsp: true },
  { name: 'Xilinx 7, no DSP', target: 'xilinx', dsp: false },
  { name: 'ECP5', target: 'ecp5', dsp: true },
];

/** The cells of a PE, with the Yosys that counted them. */
export interface CountedCells extends CellCounts {
  readonly tool: string;
}

/**
 * Synthesise one PE by itself with the Yosys of the npm package, unless the cache has its cells.
 * @throws {ProcessError} where Yosys fails, warns, or finds a problem in the netlist (`check -assert`)
 */
export async function synthesisePe(pe: PeCase, { target: name, dsp }: TableTarget): Promise<CountedCells> {
  const design = buildDesign({
    ...pe,
    name: 'mac',
    size: [2, 2, 2],
    // The sum stays and takes as many cycles for its step as the adder has stages.
    projection: {
      preset: null,
      matrix: [
        [1, 0, 0],
        [0, 1, 0],
        [1, 1, pe.adderStages],
      ],
    },
  });
  const target = targetOf(name);
  const yosys = await embeddedYosys();
  const text = await carryOut(planCells(design, 'pe', { target, device: target.devices[0]!, dsp, yosys }));
  return { ...countCells(text, target), tool: yosys.version };
}

/** Find what a PE reaches of a limit on Xilinx 7. */
export async function reach({ kind, pe, bare, dsp }: Limit): Promise<number> {
  const target = TABLE_TARGETS.find((candidate) => candidate.target === 'xilinx' && candidate.dsp === dsp)!;
  const cells = await synthesisePe(pe, target);
  return cells[kind] - (bare === null ? 0 : (await synthesisePe(bare, target))[kind]);
}
