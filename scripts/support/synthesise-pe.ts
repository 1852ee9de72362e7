import { buildDesign } from '../../src/design/build-design.ts';
import { moduleNames } from '../../src/design/design.ts';
import { structuralFiles } from '../../src/emit/emit-design.ts';
import type { ArraySpec } from '../../src/spec/array-spec.ts';
import { yosys } from './yosys.ts';

/** A processing element to synthesise: that of an output-stationary array, whose size does not matter. */
export type PeCase = Pick<ArraySpec, 'types' | 'multiplierStages' | 'adderStages' | 'faultSlots'>;

/** What a PE is synthesised for, and the command that does it; its top module comes behind it. */
export interface Target {
  readonly name: string;
  readonly command: string;
  /** Whether Yosys estimates the logic cells of this family. */
  readonly estimates: boolean;
}

const XILINX = 'synth_xilinx -family xc7 -flatten -noiopad -noclkbuf';

export const TARGETS: readonly Target[] = [
  { name: 'Xilinx 7', command: XILINX, estimates: true },
  { name: 'Xilinx 7, no DSP', command: `${XILINX} -nodsp`, estimates: true },
  { name: 'ECP5', command: 'synth_ecp5 -noabc9', estimates: false },
];

/** The kinds of cells that are counted together. */
const KINDS = {
  lut: /^LUT[1-6]$/,
  ff: /^(FD[RSCP]E|TRELLIS_FF)$/,
  carry: /^(CARRY4|CCU2C)$/,
  dsp: /^(DSP48E1|MULT18X18D)$/,
  mux: /^(MUXF[78]|PFUMX|L6MUX21)$/,
} as const;

/** How many cells a PE takes. */
export interface CellCounts extends Readonly<Record<keyof typeof KINDS, number>> {
  /** Cells of no kind, by their type. */
  readonly other: Readonly<Record<string, number>>;
  readonly estimatedLogicCells: number | null;
  /** The name and version of the tool. */
  readonly tool: string;
}

/**
 * Synthesise one PE by itself and count its cells.
 * @throws {ProcessError} where Yosys fails, warns, or finds a problem in the netlist (`check -assert`)
 */
export async function synthesisePe(pe: PeCase, { command, estimates }: Target): Promise<CellCounts> {
  const { types, multiplierStages, adderStages, faultSlots } = pe;
  const design = buildDesign({
    name: 'mac',
    size: [2, 2, 2],
    // The sum stays and takes as many cycles for its step as the adder has stages.
    projection: {
      preset: null,
      matrix: [
        [1, 0, 0],
        [0, 1, 0],
        [1, 1, adderStages],
      ],
    },
    types,
    multiplierStages,
    adderStages,
    faultSlots,
  });
  const top = moduleNames(design).pe;
  const count = `tee -q -o cells.json stat -json${estimates ? ' -tech xilinx' : ''}`;
  const files = await yosys(`${command} -top ${top}; check -assert; ${count}`, structuralFiles(design));
  return countCells(JSON.parse(files.get('cells.json')!));
}

/** The part of what `stat -json` prints that is used here. */
interface Statistics {
  readonly creator: string;
  readonly design: {
    readonly num_cells_by_type: Readonly<Record<string, number>>;
    readonly estimated_num_lc?: number;
  };
}

function countCells({ creator, design }: Statistics): CellCounts {
  const counts = { lut: 0, ff: 0, carry: 0, dsp: 0, mux: 0 };
  const other: Record<string, number> = {};
  for (const [type, count] of Object.entries(design.num_cells_by_type)) {
    const kind = (Object.keys(KINDS) as (keyof typeof KINDS)[]).find((name) => KINDS[name].test(type));
    if (kind) counts[kind] += count;
    // A note of Yosys on where a flattened module was, no hardware.
    else if (type !== '$scopeinfo') other[type] = count;
  }
  return { ...counts, other, estimatedLogicCells: design.estimated_num_lc ?? null, tool: creator.split(' (')[0]! };
}
