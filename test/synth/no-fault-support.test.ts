import { describe, expect, it } from 'vitest';
import { buildDesign } from '../../src/design/build-design.ts';
import { moduleNames } from '../../src/design/design.ts';
import { type EmittedFile, structuralFiles } from '../../src/emit/emit-design.ts';
import { type Matrix3, PRESETS, type PresetName } from '../../src/projection/space-time.ts';
import { countCells } from '../../src/synth/cells.ts';
import { targetOf } from '../../src/synth/targets.ts';
import { runYosys } from './support/run-yosys.ts';

const TIMEOUT_MS = 300_000;

/** PEs written by hand from the recurrences, by someone who has never heard of faults. */
const BY_HAND: Readonly<Partial<Record<PresetName, string>>> = {
  output_stationary: `
    module pe (input wire clk_i, rst_i, en_i, input wire [7:0] a_i, b_i, output reg [7:0] a_o, b_o, input wire first_i, last_i,
               output reg first_o, last_o, input wire [31:0] s_i, output reg [31:0] s_o);
      reg [31:0] c;
      wire [15:0] product = {{8{a_o[7]}}, a_o} * {{8{b_o[7]}}, b_o};
      always @(posedge clk_i)
        if (rst_i) {a_o, b_o, first_o, last_o, s_o, c} <= 0;
        else if (en_i) begin
          {a_o, b_o, first_o, last_o} <= {a_i, b_i, first_i, last_i};
          c   <= (first_o ? s_i : c) + {{16{product[15]}}, product};
          s_o <= last_o ? c : s_i;
        end
    endmodule`,
  row_stationary: `
    module pe (input wire clk_i, rst_i, en_i, input wire [7:0] b_i, s_i, output reg [7:0] b_o, s_o, input wire first_i,
               output reg first_o, input wire [31:0] c_i, output reg [31:0] c_o);
      reg [7:0] a;
      wire [15:0] product = {{8{a[7]}}, a} * {{8{b_o[7]}}, b_o};
      always @(posedge clk_i)
        if (rst_i) {a, b_o, first_o, s_o, c_o} <= 0;
        else if (en_i) begin
          {b_o, first_o, s_o} <= {b_i, first_i, s_i};
          if (first_i) a <= s_i;
          c_o <= c_i + {{16{product[15]}}, product};
        end
    endmodule`,
  col_stationary: `
    module pe (input wire clk_i, rst_i, en_i, input wire [7:0] a_i, s_i, output reg [7:0] a_o, s_o, input wire first_i,
               output reg first_o, input wire [31:0] c_i, output reg [31:0] c_o);
      reg [7:0] b;
      wire [15:0] product = {{8{a_o[7]}}, a_o} * {{8{b[7]}}, b};
      always @(posedge clk_i)
        if (rst_i) {b, a_o, first_o, s_o, c_o} <= 0;
        else if (en_i) begin
          {a_o, first_o, s_o} <= {a_i, first_i, s_i};
          if (first_i) b <= s_i;
          c_o <= c_i + {{16{product[15]}}, product};
        end
    endmodule`,
  no_local_reuse: `
    module pe (input wire clk_i, rst_i, en_i, input wire [7:0] a_i, b_i, output reg [7:0] a_o, b_o,
               input wire [31:0] c_i, output reg [31:0] c_o);
      wire [15:0] product = {{8{a_o[7]}}, a_o} * {{8{b_o[7]}}, b_o};
      always @(posedge clk_i)
        if (rst_i) {a_o, b_o, c_o} <= 0;
        else if (en_i) begin
          {a_o, b_o} <= {a_i, b_i};
          c_o <= c_i + {{16{product[15]}}, product};
        end
    endmodule`,
};

/** Count the cells of a module by their exact types. */
async function typesOf(top: string, files: readonly EmittedFile[]): Promise<Record<string, number>> {
  const command = `synth_xilinx -family xc7 -flatten -noiopad -noclkbuf -top ${top}`;
  const text = await runYosys(`${command}; check -assert; tee -q -o cells.json stat -json`, files, 'cells.json');
  const { design } = JSON.parse(text);
  const { $scopeinfo: _, ...types } = design.num_cells_by_type;
  expect(countCells(text, targetOf('xilinx')).ff).toBeGreaterThan(0);
  return types;
}

function filesOf(matrix: Matrix3, faultSlots: number) {
  const design = buildDesign({
    name: 'plain',
    size: [2, 2, 2],
    projection: { preset: null, matrix },
    types: { a: 'int8', b: 'int8', c: 'int32' },
    faultSlots,
  });
  return { design, files: structuralFiles(design), top: moduleNames(design).pe };
}

/** Count what the grid's own module has, as Yosys reads it. */
async function gridCells(matrix: Matrix3, faultSlots: number) {
  const { files, design } = filesOf(matrix, faultSlots);
  const { grid, pe } = moduleNames(design);
  const script = `hierarchy -check -top ${grid}; proc; opt_clean; tee -q -o cells.json stat -json`;
  const { modules } = JSON.parse(await runYosys(script, files, 'cells.json'));
  return { cells: modules[`\\${grid}`].num_cells_by_type as Record<string, number>, pe, design };
}

describe('a grid without fault slots', () => {
  const slower: Matrix3 = [
    [1, 0, 0],
    [0, 1, 0],
    [1, 2, 1],
  ];

  it.each([...Object.entries(PRESETS), ['a line of two cycles', slower] as const])(
    'has its PEs and nothing else: %s',
    async (_, matrix) => {
      const { cells, pe, design } = await gridCells(matrix, 0);
      expect(cells).toEqual({ [pe]: design.pes.length });
      expect((await gridCells(matrix, 1)).cells).not.toEqual(cells);
    },
  );
});

describe('a PE without fault slots', () => {
  it.each(Object.keys(BY_HAND) as PresetName[])('is the same but for comments in the mirrored preset: %s', (preset) => {
    const code = (name: PresetName) =>
      filesOf(PRESETS[name], 0)
        .files.find(({ path }) => path === 'plain_pe.v')!
        .text.replaceAll(/\/\/.*/g, '');
    expect(code(`${preset}_eq` as PresetName)).toBe(code(preset));
  });

  it.each(Object.entries(BY_HAND))(
    'has exactly the cells of one written by hand without faults: %s',
    async (preset, text) => {
      const { files, top } = filesOf(PRESETS[preset as PresetName], 0);
      const byHand = await typesOf('pe', [{ path: 'pe.v', text }]);
      expect(await typesOf(top, files)).toEqual(byHand);
    },
    TIMEOUT_MS,
  );

  it(
    'has other cells with a slot',
    async () => {
      const [none, one] = [filesOf(PRESETS.no_local_reuse, 0), filesOf(PRESETS.no_local_reuse, 1)];
      expect(await typesOf(one.top, one.files)).not.toEqual(await typesOf(none.top, none.files));
    },
    TIMEOUT_MS,
  );
});
