import { expect, test } from 'vitest';
import { moduleNamesIn, modulePorts, type VerilogPort } from '../../src/spec/verilog-ports.ts';

const PORTS: VerilogPort[] = [
  { name: 'a_i', direction: 'input', widthBits: 8 },
  { name: 'b_i', direction: 'input', widthBits: 8 },
  { name: 'product_o', direction: 'output', widthBits: 16 },
];

test.each([
  ['in the header', 'module m (input wire [7:0] a_i, input [7:0] b_i, output reg signed [15:0] product_o); endmodule'],
  ['one declaration for two', 'module m (input wire [7:0] a_i, b_i, output [15 : 0] product_o); endmodule'],
  ['counted upwards', 'module m (input [0:7] a_i, b_i, output [0:15] product_o); endmodule'],
  [
    'behind the header',
    `module m (a_i, b_i, product_o);
       input signed [7:0] a_i, b_i;
       output [15:0] product_o;
       wire [3:0] low = a_i[3:0];
       function [7:0] twice; input [7:0] value; twice = value << 1; endfunction
       assign product_o = a_i * b_i;
     endmodule`,
  ],
  [
    'behind parameters',
    'module m #(parameter W = (3 + 5), parameter V = 2) (input [7:0] a_i, b_i, output [15:0] product_o); endmodule',
  ],
  [
    'among comments, attributes, directives and other modules',
    `\`default_nettype none
     // module m (input clk);
     module other (input clk); endmodule
     /* module m (); */
     (* keep *) module m ( // the "ports"
       (* mark *) input wire [7:0] a_i /* (first) */, b_i,
       output wire [15:0] product_o);
       always @(*) $display("endmodule ; %s", a_i);
     endmodule
     \`default_nettype wire`,
  ],
])('the ports of a module are found %s', (_, verilog) => {
  expect(modulePorts(verilog, 'm')).toEqual(PORTS);
});

test('a width that is no number is not known, a port without a range has one bit', () => {
  const verilog = 'module m #(parameter W = 8) (input [W-1:0] a_i, input b_i, inout [1<<3:0] c_i); endmodule';
  expect(modulePorts(verilog, 'm')).toEqual([
    { name: 'a_i', direction: 'input', widthBits: null },
    { name: 'b_i', direction: 'input', widthBits: 1 },
    { name: 'c_i', direction: 'inout', widthBits: null },
  ]);
});

test('a module that is not there has no ports, and the others are named', () => {
  const verilog = 'module a (input x); endmodule\nmodule b; endmodule';
  expect(modulePorts(verilog, 'm')).toBeNull();
  expect(modulePorts(verilog, 'b')).toEqual([]);
  expect(moduleNamesIn(verilog)).toEqual(['a', 'b']);
});
