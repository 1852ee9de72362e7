import { describe, expect, it } from 'vitest';
import { EspalierError, ToolMissingError } from '../../src/errors.ts';
import { countCells } from '../../src/synth/cells.ts';
import { readClockReport } from '../../src/synth/clock.ts';
import { refuseMisfit } from '../../src/synth/fit.ts';
import { planCells, planClock } from '../../src/synth/plan.ts';
import { synthesise } from '../../src/synth/synthesise.ts';
import { type TargetName, targetOf } from '../../src/synth/targets.ts';
import { chooseTool, isNewer, nativeTool, present } from '../../src/synth/tool.ts';
import { designOf } from '../design/support/arrays.ts';

const XILINX = targetOf('xilinx');
const YOSYS = { command: 'yosys', args: [], version: 'Yosys 0.55', pinned: true };

describe('an array that does not fit a device', () => {
  const cells = { lut: 9120, ff: 100, dsp: 0, ram: 0 };
  const ice40 = targetOf('ice40');

  it.each([
    [cells, 'array os lacks 1,440 LUTs (it needs 9,120, ice40 hx8k has 7,680); no ice40 device here has enough'],
    [
      { ...cells, ff: 8000 },
      'array os lacks 1,440 LUTs (it needs 9,120, ice40 hx8k has 7,680) and lacks 320 flip-flops (it needs 8,000, ice40 hx8k has 7,680); no ice40 device here has enough',
    ],
    [
      { ...cells, lut: 100, ram: 40 },
      'array os lacks 8 blocks of RAM (it needs 40, ice40 hx8k has 32); no ice40 device here has enough',
    ],
    [
      { ...cells, lut: 100, dsp: 4 },
      'array os lacks 4 DSPs (it needs 4, ice40 hx8k has 0); large enough: up5k; without DSPs: --no-dsp',
    ],
  ])('is refused: case %#', (needed, message) => {
    expect(() => refuseMisfit('os', needed, ice40, ice40.devices[0]!)).toThrow(new EspalierError(message));
  });

  it('is told of devices that are large enough', () => {
    const needed = { ...cells, lut: 5000 };
    expect(() => refuseMisfit('os', needed, ice40, ice40.devices[2]!)).toThrow(
      new EspalierError('array os lacks 3,720 LUTs (it needs 5,000, ice40 hx1k has 1,280); large enough: hx8k or up5k'),
    );
    expect(() => refuseMisfit('os', needed, ice40, ice40.devices[0]!)).not.toThrow();
  });
});

describe('bad input of a synthesis', () => {
  it.each([
    [{ target: 'ice40', device: 'hx9k' }, 'unknown ice40 device "hx9k", did you mean "hx8k"?'],
    [{ target: 'ice41' as TargetName }, 'unknown target "ice41", did you mean "ice40"?'],
    [{ target: 'ecp5', clock: true }, 'clock frequencies are found for ice40 only, received target ecp5'],
  ] as const)('%o', async (options, message) => {
    await expect(synthesise(designOf(), options)).rejects.toThrow(new EspalierError(message));
  });
});

describe('the tool of a synthesis', () => {
  const tool = (version: string) => ({ command: version, args: [], version, pinned: false });
  const [old, recent] = [tool('nextpnr 0.4-1'), tool('nextpnr 0.8')];

  it.each([
    [old, recent, recent],
    [recent, old, recent],
    [recent, recent, recent],
    [null, old, old],
    [old, null, old],
    [null, null, null],
  ])('is the newer one of those there are: case %#', (embedded, native, chosen) => {
    expect(chooseTool(embedded, native)).toBe(chosen);
  });

  it('is found on the path with its version, or not', async () => {
    expect((await nativeTool('node', '--version', 'Node'))?.version).toBe(
      `Node ${process.versions.node} (on the path)`,
    );
    expect(await nativeTool('/nowhere/yosys', '-V', 'Yosys')).toBeNull();
  });

  it('is named with the ways to install it where there is none', () => {
    expect(() => present(null, 'nextpnr-ice40', 'the clock frequency')).toThrow(
      new ToolMissingError(
        'nextpnr-ice40 is not installed; the clock frequency needs it (install with: npm install @yowasp/nextpnr-ice40, or apt-get install nextpnr-ice40)',
      ),
    );
    expect(present(recent, 'yosys', 'synthesis')).toBe(recent);
  });
});

describe('a plan of a synthesis', () => {
  const mapping = { target: XILINX, device: XILINX.devices[0]!, dsp: true, yosys: YOSYS };

  it('has another entry in the cache for another design, device option or version, and only then', () => {
    const entry = (given = {}, changed = {}) => planCells(designOf(given), 'pe', { ...mapping, ...changed }).entry;
    const entries = [
      entry(),
      entry({ faultSlots: 1 }),
      entry({}, { dsp: false }),
      entry({}, { yosys: { ...YOSYS, version: 'Yosys 0.56' } }),
    ];
    expect(new Set(entries).size).toBe(entries.length);
    expect(entry({}, { yosys: { ...YOSYS, command: '/opt/yosys' } })).toBe(entries[0]);
  });

  it('has another entry for another device to place and route on', () => {
    const nextpnr = { command: 'nextpnr-ice40', args: [], version: 'nextpnr 0.8', pinned: true };
    const { devices, ...ice40 } = targetOf('ice40');
    const entries = devices.map((device) => {
      const mapped = { ...mapping, target: { ...ice40, devices }, device };
      return planClock(designOf(), mapped, nextpnr).entry;
    });
    expect(new Set(entries).size).toBe(devices.length);
  });

  it('takes a warning for an error only in the version that the project is tested with', () => {
    const argumentsOf = (pinned: boolean) =>
      planCells(designOf(), 'pe', { ...mapping, yosys: { ...YOSYS, pinned } }).steps[0]!.args;
    expect(argumentsOf(true).slice(0, 3)).toEqual(['-q', '-e', '.']);
    expect(argumentsOf(false).slice(0, 2)).toEqual(['-q', '-p']);
  });

  it('maps the PE of a grid once', () => {
    const [step] = planCells(designOf(), 'grid', mapping).steps;
    expect(step!.args).toContain(
      'hierarchy -check -top sample_grid; proc; flatten sample_pe; synth_xilinx -family xc7 -noiopad -noclkbuf -top sample_grid; check -assert; tee -q -o cells.json stat -json -tech xilinx',
    );
  });
});

describe('what the tools print', () => {
  it('is counted by kinds of cells', () => {
    const text = JSON.stringify({
      design: {
        num_cells_by_type: { LUT2: 3, LUT6: 4, FDRE: 5, CARRY4: 1, DSP48E1: 1, MUXF7: 2, INV: 6, $scopeinfo: 9 },
        estimated_num_lc: 7,
      },
    });
    const counts = { lut: 7, ff: 5, carry: 1, dsp: 1, mux: 2, other: { INV: 6 }, estimatedLogicCells: 7 };
    expect(countCells(text, XILINX)).toEqual(counts);
  });

  it('tells the clock and the slowest path between two of its edges', () => {
    const step = (type: string, delay: number, from: string, to: string) => ({
      type,
      delay,
      from: { cell: from },
      to: { cell: to },
    });
    const clock = 'clk_i$glb';
    const paths = [
      { from: '<async>', to: `posedge ${clock}`, path: [step('routing', 9, 'pin', 'x')] },
      {
        from: `posedge ${clock}`,
        to: `posedge ${clock}`,
        path: [step('clk-to-q', 1, 'x', 'pe.p_q_SB_DFF_Q'), step('routing', 3, 'y', 'pe.c_d_SB_LUT4_O_LC')],
      },
    ];
    const report = {
      fmax: { [clock]: { achieved: 250 } },
      utilization: { ICESTORM_LC: { used: 12 } },
      critical_paths: paths,
    };
    expect(readClockReport(JSON.stringify(report))).toEqual({
      megahertz: 250,
      logicCells: 12,
      criticalPath: { from: 'pe.p_q', to: 'pe.c_q', nanoseconds: 4, routingShare: 0.75, steps: 2 },
    });
  });

  it.each([
    ['Yosys 0.56', 'Yosys 0.55', true],
    ['Yosys 1.2', 'Yosys 0.55', true],
    ['Yosys 0.55', 'Yosys 0.55', false],
    ['Yosys 0.9', 'Yosys 0.55', false],
  ])('%s is newer than %s: %o', (version, than, newer) => expect(isNewer(version, than)).toBe(newer));
});
