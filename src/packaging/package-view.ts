import { type Design, moduleNames } from '../design/design.ts';
import type { EmittedFile } from '../emit/emit-design.ts';
import { gridPorts } from '../emit/grid-ports.ts';
import { CONTROL } from '../emit/ports.ts';
import { formatMatrix } from '../projection/space-time.ts';
import { fieldTable } from '../top/register-table.ts';
import { HEADER_BYTES, HEADER_FIELDS } from '../top/tile-header.ts';
import { describeSchedule, type TopDesign } from '../top/top-design.ts';

/** The period of the clock in the constraints: a round number to begin with. */
const PERIOD_NS = '10.000';

/** A part of the family that most boards with Vivado's free edition have. */
const PART = 'xc7a100tcsg324-1';

/** A family of FPGAs that Yosys maps to. */
export interface YosysTarget {
  readonly target: string;
  readonly family: string;
  readonly script: string;
  readonly command: string;
  readonly options: string;
}

/**
 * The scripts leave mapping to the defaults of Yosys, among them the pads and clock buffers of Xilinx. `synthesisCommand` of
 * src/synth does not fit: it fixes a device, ABC and DSPs and leaves pads out, so that counts of cells compare.
 */
export const YOSYS_TARGETS: readonly YosysTarget[] = [
  { target: 'ice40', family: 'Lattice iCE40', command: 'synth_ice40', options: '' },
  { target: 'ecp5', family: 'Lattice ECP5', command: 'synth_ecp5', options: '' },
  { target: 'xilinx', family: 'Xilinx 7 series', command: 'synth_xilinx', options: ' -family xc7' },
].map((entry) => ({ ...entry, script: `yosys_${entry.target}.ys` }));

/** What the templates of the package print. */
export function packageView(design: Design, emitted: readonly EmittedFile[], top: TopDesign | null) {
  const hasTop = top !== null;
  const { name, hash, toolVersion, spec, pes, matrix } = design;
  const { grid } = moduleNames(design);
  const rtl = emitted.map(({ path }) => path).filter((path) => path.endsWith('.v') && !path.includes('/'));
  const testbenches = testbenchesOf(emitted, moduleNames(design).topTestbench);
  const { a, b, c } = spec.types;
  const ports = gridPorts(design).flatMap((group) => group.ports);
  return {
    name,
    hash,
    toolVersion,
    grid,
    instance: `u_${name}`,
    toplevel: hasTop ? moduleNames(design).top : grid,
    packets: top && packetsView(top),
    rtl,
    testbenches,
    hasTestbenches: testbenches.length > 0,
    description: `Systolic array of ${pes.length} PEs for ${a} x ${b} + ${c} matrix products, ${spec.size.join(' x ')}, T = ${formatMatrix(matrix)}`,
    clock: hasTop ? 'aclk' : CONTROL.clock,
    periodNs: PERIOD_NS,
    part: PART,
    scripts: YOSYS_TARGETS,
    ports: ports.map((port, n) => ({ name: port.name, comma: n < ports.length - 1 ? ',' : '' })),
    files: describeFiles(design, emitted, hasTop),
  };
}

/** The testbenches among the files, by their modules; the target that runs that of a top module has a name of its own. */
function testbenchesOf(emitted: readonly EmittedFile[], topTestbench: string) {
  return emitted.flatMap(({ path }) => {
    const module = /^tb\/(\w+)\.v$/.exec(path)?.[1];
    if (!module) return [];
    return [{ path, module, program: module.replace(/_tb$/, ''), target: module === topTestbench ? 'sim_top' : 'sim' }];
  });
}

/** What the README says of the streams. */
function packetsView(top: TopDesign) {
  const { streamBits, beats, lastBytes, returnGapCycles, design } = top;
  const [n1, n2, n3] = design.spec.size;
  const result = { matrix: `${n1}×${n2}`, beats: beats.c, lastBytes: lastBytes.c };
  return {
    streamBits,
    parts: [
      { part: 'header', matrix: '', beats: 1, lastBytes: HEADER_BYTES },
      { part: 'A', matrix: `${n1}×${n3}`, beats: beats.a, lastBytes: lastBytes.a },
      { part: 'B', matrix: `${n3}×${n2}`, beats: beats.b, lastBytes: lastBytes.b },
      { part: 'C, if the header says so', ...result },
    ],
    headerTable: fieldTable(HEADER_FIELDS),
    result,
    schedule: describeSchedule(top),
    latencyCycles: design.schedule.latencyCycles,
    returnGapCycles,
  };
}

/** What a package has besides where there is a top module. */
const TOP_FILES = [
  { ending: '_registers.md', what: 'the register map, to read' },
  { ending: '_registers.h', what: 'the register map, for programs in C' },
  { ending: '_top.svg', what: 'a block diagram of the top module' },
];

/** Say what each file is, those of the package included. */
function describeFiles({ name }: Design, emitted: readonly EmittedFile[], hasTop: boolean) {
  const own = [
    { path: `${name}.core`, what: 'FuseSoC: targets to lint, simulate and synthesise' },
    ...YOSYS_TARGETS.map(({ script, family }) => ({ path: `synth/${script}`, what: `Yosys: synthesis for ${family}` })),
    { path: 'synth/vivado_ooc.tcl', what: 'Vivado: synthesis out of context, with reports' },
    { path: `synth/${name}.sdc`, what: 'the clock, for tools that read SDC' },
    { path: `synth/${name}.xdc`, what: 'the clock, for Vivado' },
    ...(hasTop ? TOP_FILES.map(({ ending, what }) => ({ path: `${name}${ending}`, what })) : []),
  ];
  return [...emitted.map((file) => ({ path: file.path, what: whatIs(file, name) })), ...own];
}

function whatIs({ path, text }: EmittedFile, name: string): string {
  const { grid, pe, rolled, top, testbench, topTestbench } = moduleNames({ name });
  const known: Readonly<Record<string, string>> = {
    [`${grid}.v`]: 'the array: PEs and the links between them',
    [`${top}.v`]: 'the core: AXI4-Stream ports for tiles and results, AXI4-Lite registers',
    [`${pe}.v`]: 'the processing element, the same everywhere',
    [`sim/${rolled}.v`]: 'a model of the grid for fast simulation: the same ports and registers',
    [`tb/${testbench}.v`]: 'a testbench of the grid that checks itself',
    [`tb/${topTestbench}.v`]: 'a testbench of the core that checks itself',
    'manifest.json': 'ports, PEs, schedule and fault sites for programs',
    'array.svg': 'a picture of the array',
  };
  return known[path] ?? (path.startsWith('espalier_') ? firstSentence(text) : 'an operator of one’s own');
}

/** What a module of the library says that it is, at the head of its file. */
function firstSentence(text: string): string {
  const comment = text
    .split('\n')
    .slice(0, 3)
    .map((line) => line.replace(/^\/\/ ?/, ''))
    .join(' ');
  const [sentence] = /^[^.:;]*/.exec(comment)!;
  return /^(A |[A-Z][a-z])/.test(sentence) ? sentence[0]!.toLowerCase() + sentence.slice(1) : sentence;
}
