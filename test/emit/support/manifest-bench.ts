/**
 * Prints a testbench from the text of a manifest alone, as an engineer would write one who has the Verilog, the manifest
 * and docs/manifest.md, and not this tool.
 */

interface Beats {
  readonly lane: number;
  readonly point: readonly number[];
  readonly step: readonly number[];
  readonly count: number;
  readonly cycle: number;
  readonly cycleStep: number;
}

interface Port {
  readonly name: string;
  readonly carries: string;
  readonly lanes: number;
  readonly laneBits: number;
  readonly beats: readonly Beats[];
}

/** What a bench needs to know; everything else in the manifest is for readers. */
export interface Manifest {
  readonly modules: { readonly grid: string; readonly rolled: string };
  readonly size: { readonly n1: number; readonly n2: number; readonly n3: number };
  readonly lines: Readonly<Record<string, { readonly widthBits: number; readonly signed: boolean }>>;
  readonly control: Readonly<Record<'clock' | 'reset' | 'enable', { readonly name: string }>>;
  readonly pes: readonly { readonly index: number; readonly x: number; readonly y: number }[];
  readonly schedule: {
    readonly latencyCycles: number;
    readonly spanCycles: number;
    readonly periodCycles: number;
    readonly conflictSteps: readonly number[];
    readonly initiationIntervalCycles: number;
    readonly tilesPerInterval: number;
    readonly returnGapCycles: number;
  };
  readonly inputs: readonly Port[];
  readonly returnPort: string;
  readonly output: Port;
  readonly faultPorts: readonly {
    readonly name: string;
    readonly direction: string;
    readonly field: string;
    readonly fieldBits: number;
    readonly widthBits: number;
  }[];
  readonly faults: {
    readonly slots: number;
    readonly kinds: readonly { readonly name: string; readonly code: number }[];
    readonly nodes: readonly { readonly name: string; readonly code: number; readonly widthBits: number }[];
  };
}

export type Matrix = readonly (readonly bigint[])[];

/** A tile of the run: operands, and where C comes from: given, or the results of an earlier tile. */
export interface BenchTile {
  readonly start: number;
  readonly a: Matrix;
  readonly b: Matrix;
  readonly c: Matrix | { readonly resultsOf: number };
  /** What R must be; worked out by the plain triple loop when left out. */
  readonly expected?: Matrix | undefined;
}

/** A fault by the names that the manifest gives; the slot is enabled in the cycles from `first` to `last`. */
export interface BenchFault {
  readonly slot: number;
  readonly x: number;
  readonly y: number;
  readonly node: string;
  readonly kind: string;
  readonly mask: bigint;
  readonly value: bigint;
  readonly first: number;
  readonly last: number;
}

export interface BenchOptions {
  readonly top: string;
  readonly tiles: readonly BenchTile[];
  readonly fault?: BenchFault | undefined;
  /** Change the run against the contract, to see that the bench notices. */
  readonly defect?: 'late sample' | 'busy idle lanes' | undefined;
}

/** Find the first cycle from `earliest` on in which a tile may start, given the starts of those before. */
export function nextStart({ schedule }: Manifest, starts: readonly number[], earliest: number): number {
  const { periodCycles, conflictSteps } = schedule;
  const forbidden = new Set(conflictSteps.map((step) => step * periodCycles));
  let start = earliest;
  while (starts.some((other) => start === other || forbidden.has(Math.abs(start - other)))) start++;
  return start;
}

/** Print a bench that feeds the tiles, checks all results and reports `errors N, fired M`. */
export function printBench(manifest: Manifest, options: BenchOptions): string {
  const { control, inputs, output, faultPorts } = manifest;
  const { top, tiles, fault } = options;
  const declare = (kind: string, bits: number, name: string) => `  ${kind} [${bits - 1}:0] ${name};`;
  const ports = [
    ...Object.values(control).map(({ name }) => name),
    ...inputs.map(({ name }) => name),
    output.name,
    ...faultPorts.map(({ name }) => name),
  ];
  return [
    'module bench;',
    ...Object.values(control).map(({ name }) => `  reg ${name};`),
    ...inputs.map(({ name, lanes, laneBits }) => declare('reg', lanes * laneBits, name)),
    declare('wire', output.lanes * output.laneBits, output.name),
    ...faultPorts.map(({ name, direction, widthBits }) =>
      declare(direction === 'input' ? 'reg' : 'wire', widthBits, name),
    ),
    ...tiles.flatMap((_, tile) => elements(manifest).map((at) => declare('reg', output.laneBits, sumName(tile, at)))),
    '  integer errors, fired;',
    `  ${top} dut (${ports.map((name) => `.${name}(${name})`).join(', ')});`,
    '  task check(input [255:0] got, input [255:0] want, input integer tile, input integer i, input integer j);',
    '    if (got !== want) begin',
    '      $display("tile %0d: R(%0d,%0d) is %h, not %h", tile, i, j, got, want);',
    '      errors = errors + 1;',
    '    end',
    '  endtask',
    '  initial begin',
    '    errors = 0; fired = 0;',
    `    ${control.clock.name} = 0; ${control.enable.name} = 1; ${control.reset.name} = 1;`,
    ...inputs.map(({ name }) => `    ${name} = 0;`),
    ...faultPorts.filter(({ direction }) => direction === 'input').map(({ name }) => `    ${name} = 0;`),
    ...(fault ? setUp(manifest, fault) : []),
    `    #5 ${control.clock.name} = 1; #5 ${control.clock.name} = 0; ${control.reset.name} = 0;`,
    ...runCycles(manifest, options),
    '    $display("errors %0d, fired %0d", errors, fired);',
    '    $finish;',
    '  end',
    'endmodule',
    '',
  ].join('\n');
}

/** The cycles of the run, each ending with a rising clock edge; now and then one with enable low that does not count. */
function runCycles(manifest: Manifest, { tiles, fault, defect }: BenchOptions): string[] {
  const { control, schedule, inputs, output } = manifest;
  const feeds = new Map<number, string[]>();
  const checks = new Map<number, string[]>();
  const add = (map: Map<number, string[]>, cycle: number, line: string) =>
    map.set(cycle, [...(map.get(cycle) ?? []), line]);
  tiles.forEach((tile, number) => {
    for (const port of inputs) {
      for (const { cycle, lane, point } of spread(port)) {
        const value = valueAt(manifest, port, tile, point);
        add(feeds, tile.start + cycle, `    ${select(port, lane)} = ${value};`);
      }
    }
    const expected = tile.expected ?? productOf(manifest, tiles, number);
    for (const { cycle, lane, point } of spread(output)) {
      const [i, j] = indicesOf(output, point) as [number, number];
      const want = literal(output.laneBits, expected[i - 1]![j - 1]!);
      add(
        checks,
        tile.start + cycle + (defect === 'late sample' ? 1 : 0),
        `    ${sumName(number, [i, j])} = ${select(output, lane)}; check(${select(output, lane)}, ${want}, ${number}, ${i}, ${j});`,
      );
    }
  });
  const lines: string[] = [];
  const end = Math.max(...tiles.map(({ start }) => start)) + Math.max(schedule.latencyCycles, schedule.spanCycles);
  const idle = defect === 'busy idle lanes' ? '~0' : '0';
  const edge = `${control.clock.name} = 1; #5 ${control.clock.name} = 0;`;
  for (let cycle = 0; cycle <= end; cycle++) {
    if (cycle % 5 === 3) {
      lines.push(`    ${control.enable.name} = 0;`, ...inputs.map(({ name }) => `    ${name} = ~${name};`));
      lines.push(`    #5 ${edge} ${control.enable.name} = 1;`);
    }
    lines.push(`    // cycle ${cycle}`, ...inputs.map(({ name }) => `    ${name} = ${idle};`));
    lines.push(...(feeds.get(cycle) ?? []));
    if (fault) {
      const acts = cycle >= fault.first && cycle <= fault.last;
      lines.push(`    ${slotOf(manifest, 'enable', fault.slot)} = ${acts ? 1 : 0};`);
      // What fired in the last cycle that a run counts shows in the one after it.
      if (cycle > 0 && cycle <= tiles.at(-1)!.start + schedule.latencyCycles) {
        lines.push(`    #1 fired = fired + ${slotOf(manifest, 'fired', fault.slot)};`);
      }
    }
    lines.push('    #4', ...(checks.get(cycle) ?? []), `    #1 ${edge}`);
  }
  return lines;
}

/** Set a slot's fields as the manifest packs them. */
function setUp(manifest: Manifest, fault: BenchFault): string[] {
  const { pes, faults } = manifest;
  const fields = {
    pe: pes.find(({ x, y }) => x === fault.x && y === fault.y)!.index,
    node: faults.nodes.find(({ name }) => name === fault.node)!.code,
    kind: faults.kinds.find(({ name }) => name === fault.kind)!.code,
    mask: fault.mask,
    value: fault.value,
  };
  return Object.entries(fields).map(([field, value]) => {
    const { fieldBits } = faultPort(manifest, field);
    return `    ${slotOf(manifest, field, fault.slot)} = ${literal(fieldBits, BigInt(value))};`;
  });
}

function slotOf(manifest: Manifest, field: string, slot: number): string {
  const { name, fieldBits } = faultPort(manifest, field);
  return `${name}[${slot * fieldBits} +: ${fieldBits}]`;
}

function faultPort({ faultPorts }: Manifest, field: string) {
  return faultPorts.find((port) => port.field === field)!;
}

/** Spread the beats of a port: which point passes which lane in which cycle of a tile. */
function spread({ beats }: Port): { lane: number; cycle: number; point: number[] }[] {
  return beats.flatMap(({ lane, point, step, count, cycle, cycleStep }) =>
    Array.from({ length: count }, (_, n) => ({
      lane,
      cycle: cycle + n * cycleStep,
      point: point.map((index, axis) => index + n * step[axis]!),
    })),
  );
}

/** What a port carries at a point, as Verilog. */
function valueAt(manifest: Manifest, port: Port, tile: BenchTile, point: readonly number[]): string {
  if (port.carries === '1') return "1'b1";
  const [row, column] = indicesOf(port, point) as [number, number];
  const matrix = port.carries[0]!.toLowerCase() as 'a' | 'b' | 'c';
  const source = tile[matrix];
  if (!('resultsOf' in source)) return literal(port.laneBits, source[row - 1]![column - 1]!);
  if (port.name !== manifest.returnPort) throw new Error(`sums cannot come back at ${port.name}`);
  return sumName(source.resultsOf, [row, column]);
}

/** Read the indices of an element such as `A(i,k)` off a point (i, j, k). */
function indicesOf({ carries }: Port, point: readonly number[]): number[] {
  return carries
    .slice(2, -1)
    .split(',')
    .map((name) => point['ijk'.indexOf(name)]!);
}

/** R = A*B + C by the plain loop, modulo the width of c. */
export function productOf(manifest: Manifest, tiles: readonly BenchTile[], number: number): Matrix {
  const { a, b, c } = tiles[number]!;
  const start = 'resultsOf' in c ? productOf(manifest, tiles, c.resultsOf) : c;
  const { widthBits, signed } = manifest.lines['c']!;
  const wrap = signed ? BigInt.asIntN : BigInt.asUintN;
  return start.map((row, i) =>
    row.map((value, j) =>
      wrap(
        widthBits,
        b.reduce((sum, { [j]: weight }, k) => sum + a[i]![k]! * weight!, value),
      ),
    ),
  );
}

function elements({ size }: Manifest): [number, number][] {
  const all: [number, number][] = [];
  for (let i = 1; i <= size.n1; i++) for (let j = 1; j <= size.n2; j++) all.push([i, j]);
  return all;
}

function sumName(tile: number, [i, j]: readonly [number, number]): string {
  return `r${tile}_${i}_${j}`;
}

function select({ name, laneBits }: Port, lane: number): string {
  return `${name}[${lane * laneBits} +: ${laneBits}]`;
}

function literal(bits: number, value: bigint): string {
  return `${bits}'h${BigInt.asUintN(bits, value).toString(16)}`;
}
