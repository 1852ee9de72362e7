import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { cached } from '../../src/backend/build-cache.ts';
import { cacheRoot } from '../../src/backend/cache-root.ts';
import { run, type Step } from '../../src/backend/process.ts';
import { findTools } from '../../src/backend/tools.ts';
import type { FloatPeFormats } from '../../src/dtype/float-arithmetic.ts';
import type { FloatFormat } from '../../src/dtype/float-format.ts';

/** One pair of formats in the bench, with the function library as it is or changed. */
export interface FloatUnit extends FloatPeFormats {
  readonly name: string;
  /** Put a defect into the text of rtl/espalier_float.vh. */
  readonly change?: ((library: string) => string) | undefined;
}

const RTL = new URL('../../rtl/', import.meta.url);
const COSIM = new URL('../../cosim/float/', import.meta.url);
const LIBRARY = 'espalier_float.vh';
const MODULES = ['espalier_pipe.v', 'espalier_float_multiply.v', 'espalier_float_add.v'];
const PROGRAM = 'Vfloats';

/**
 * Build the bench (cosim/float) for some units, in the build cache like every simulation.
 * @returns the path of the program; it is told the number of a unit
 */
export async function buildFloats(units: readonly FloatUnit[], onProgress?: (phase: string) => void): Promise<string> {
  const tools = await findTools();
  const files = await sourceFiles(units);
  const steps = planSteps(Object.keys(files));
  const hash = createHash('sha256')
    .update(JSON.stringify([tools, files, steps]))
    .digest('hex')
    .slice(0, 32);
  const build = async (folder: string): Promise<void> => {
    await mkdir(join(folder, 'obj'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const env = { MAKEFLAGS: undefined, MFLAGS: undefined, CXXFLAGS: undefined, LC_ALL: 'C', TMPDIR: folder };
    for (const { phase, ...step } of steps) {
      onProgress?.(phase);
      await run({ ...step, cwd: join(folder, step.cwd) }, { env, purpose: 'the check of the floating-point library' });
    }
    await rename(join(folder, 'obj', PROGRAM), join(folder, PROGRAM));
    const rest = (await readdir(folder)).filter((name) => name !== PROGRAM);
    for (const name of rest) await rm(join(folder, name), { recursive: true, force: true });
  };
  const place = await cached({ root: cacheRoot(), name: `floats-${hash}`, required: [PROGRAM] }, build);
  return join(place, PROGRAM);
}

function planSteps(files: readonly string[]): readonly (Step & { readonly phase: string })[] {
  const verilog = files.filter((name) => name.endsWith('.v')).map((name) => join('..', name));
  return [
    {
      phase: 'translating the floating-point library with Verilator',
      command: 'verilator',
      args: [
        ...['--cc', '--exe', '--prefix', PROGRAM, '--top-module', 'floats', '--Mdir', '.', '--flatten'],
        ...['-O3', '--output-split', '0', '--x-assign', 'fast', '--x-initial', 'fast', '--noassert', '-Wno-fatal'],
        ...['-I..', '-CFLAGS', '-std=c++17 -I..', ...verilog, join('..', 'floats.cpp')],
      ],
      cwd: 'obj',
    },
    {
      phase: 'compiling the floating-point library',
      command: 'make',
      args: ['-f', `${PROGRAM}.mk`, `-j${availableParallelism()}`, 'OPT_FAST=-O2', 'OPT_SLOW=-O0', 'OPT_GLOBAL=-O0'],
      cwd: 'obj',
    },
  ];
}

/** Every unit gets a copy of the lanes with a library of its own. */
async function sourceFiles(units: readonly FloatUnit[]): Promise<Readonly<Record<string, string>>> {
  const read = (folder: URL, name: string) => readFile(new URL(name, folder), 'utf8');
  const library = await read(RTL, LIBRARY);
  const lanes = await read(COSIM, 'float_lanes.v');
  const files: Record<string, string> = {
    [LIBRARY]: library,
    'floats.v': printTop(units),
    'units.h': printUnits(units),
  };
  for (const name of MODULES) files[name] = await read(RTL, name);
  for (const name of ['float_pipes.v', 'floats.cpp', 'operands.h', 'reference.h'])
    files[name] = await read(COSIM, name);
  units.forEach(({ change = (text) => text }, number) => {
    const changed = `library_${number}.vh`;
    files[changed] = change(library);
    files[`lanes_${number}.v`] = lanes
      .replace('module float_lanes', `module lanes_${number}`)
      .replace(LIBRARY, changed);
  });
  return files;
}

function printTop(units: readonly FloatUnit[]): string {
  const instances = units.map(({ operand, result }, number) => {
    const parameters = [
      `.OPERAND_EXPONENT(${operand.exponentBits}), .OPERAND_FRACTION(${operand.fractionBits})`,
      `.RESULT_EXPONENT(${result.exponentBits}), .RESULT_FRACTION(${result.fractionBits})`,
    ].join(', ');
    return `  lanes_${number} #(${parameters}) unit_${number} (.clk_i(clk_i[${number}]), .add_i(add_i));`;
  });
  return `\`default_nettype none

module floats (
    input  wire [31:0] clk_i,
    input  wire        add_i,
    input  wire        pipes_clk_i,
    input  wire        pipes_rst_i,
    input  wire        pipes_en_i,
    input  wire [15:0] pipes_a_i,
    input  wire [15:0] pipes_b_i,
    input  wire [31:0] pipes_x_i,
    input  wire [31:0] pipes_y_i,
    output wire        pipes_wrong_o
);
${instances.join('\n')}

  float_pipes pipes (
      .clk_i  (pipes_clk_i),
      .rst_i  (pipes_rst_i),
      .en_i   (pipes_en_i),
      .a_i    (pipes_a_i),
      .b_i    (pipes_b_i),
      .x_i    (pipes_x_i),
      .y_i    (pipes_y_i),
      .wrong_o(pipes_wrong_o)
  );
endmodule

\`default_nettype wire
`;
}

function printUnits(units: readonly FloatUnit[]): string {
  const format = ({ exponentBits, fractionBits }: FloatFormat) => `{${exponentBits}, ${fractionBits}}`;
  const cases = units.map(({ operand, result }, number) => {
    const arrays = ['x', 'y', 'results'].map((name) => `root->floats__DOT__unit_${number}__DOT__${name}`);
    return `        case ${number}: return makeUnit(${[format(operand), format(result), ...arrays].join(', ')});`;
  });
  return `std::unique_ptr<Unit> makeUnits(Vfloats___024root* root, uint32_t number) {
    switch (number) {
${cases.join('\n')}
        default: return nullptr;
    }
}
`;
}
