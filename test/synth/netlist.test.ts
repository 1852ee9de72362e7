import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cycleBackend } from '../../src/backend/functional.ts';
import { MachineBackend } from '../../src/backend/machine-backend.ts';
import { openMachine } from '../../src/backend/open-machine.ts';
import { drawTrial } from '../../src/check/draw-trial.ts';
import { moduleNames } from '../../src/design/design.ts';
import { structuralFiles } from '../../src/emit/emit-design.ts';
import { resolveFault } from '../../src/fault/resolve.ts';
import { PRESETS } from '../../src/projection/space-time.ts';
import { designOf } from '../design/support/arrays.ts';
import { runYosys } from './support/run-yosys.ts';

const TRIALS = 100;

/** Gates in Verilog of which Verilator knows the primitives, the lint of which is not ours. */
const WRITE = 'write_verilog -noattr netlist.v';

/** Fails where a cell is neither a gate nor the PE, such as one that multiplies. */
const GATES_ONLY = 'select -assert-none t:$* t:$_* %d t:$scopeinfo %d';

/** Map a grid to generic gates, the PE once, and open what is left of it in Verilator. */
async function openNetlist(design: ReturnType<typeof designOf>) {
  const { grid, pe } = moduleNames(design);
  const script = `setattr -mod -set keep_hierarchy 1 ${pe}; synth -flatten -top ${grid}; check -assert; ${GATES_ONLY}; ${WRITE}`;
  const netlist = await runYosys(script, structuralFiles(design), 'netlist.v');
  const machine = await openMachine({
    design,
    files: [{ path: `${grid}.v`, text: `/* verilator lint_off WIDTH */\n${netlist}` }],
    top: grid,
    architecture: 'structural',
    trace: false,
    unoptimised: true,
  });
  return { rtl: new MachineBackend('rtl', design, machine), netlist };
}

const CASES: readonly (readonly [string, Parameters<typeof designOf>[0]])[] = [
  ['an inferred multiplier, one fault in any node', { multiplierStages: 1, faultSlots: 1 }],
  [
    'Booth rows in two stages, three faults in the registers',
    { multiplierStages: 2, multiplierStyle: 'booth', faultSlots: 3, faultNodes: ['a', 'b', 'c'] },
  ],
  ['lines that all move, one fault in any node', { matrix: PRESETS.no_local_reuse, faultSlots: 1 }],
];

describe.each(CASES)('the netlist of a 4×4 array with %s', (_, given) => {
  const design = designOf({ size: [4, 4, 4], ...given });
  let rtl: MachineBackend;
  let netlist: string;
  beforeAll(async () => {
    ({ rtl, netlist } = await openNetlist(design));
  }, 600_000);
  afterAll(() => rtl?.close());

  it('has gates only', () => expect(netlist).not.toMatch(/\balways @\(?\*|\bfor \(|espalier_/));

  it('gives the results and fired counts of the cycle simulator, under faults', { timeout: 300_000 }, async () => {
    const cycle = cycleBackend(design);
    let fired = 0;
    for (let trial = 0; trial < TRIALS; trial++) {
      const { a, b, c, faults } = drawTrial(design, 7, trial);
      const options = { faults: faults.slice(0, design.spec.faultSlots).map((fault) => resolveFault(design, fault)) };
      const [gates, model] = [await rtl.matmul({ a, b, c }, options), await cycle.matmul({ a, b, c }, options)];
      expect(gates.result.data, `trial ${trial}`).toEqual(model.result.data);
      expect(gates.faults, `trial ${trial}`).toEqual(model.faults);
      fired += model.faults.filter(({ firedCycles }) => firedCycles > 0).length;
    }
    expect(fired).toBeGreaterThan(TRIALS / 2);
  });
});
