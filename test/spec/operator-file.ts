import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operator, OperatorKind } from '../../src/dtype/operator.ts';
import { loadOperator } from '../../src/spec/load-operator.ts';

const FILES: Readonly<Record<OperatorKind, { ports: string; program: string }>> = {
  multiplier: {
    ports: 'input wire [W-1:0] a_i, input wire [W-1:0] b_i, output wire [2*W-1:0] product_o',
    program: 'export const multiply = (a: bigint, b: bigint): bigint => a * b;\n',
  },
  adder: {
    ports: 'input wire [W-1:0] x_i, input wire [W-1:0] y_i, output wire [W-1:0] sum_o',
    program: 'export const add = (x: bigint, y: bigint): bigint => x + y;\n',
  },
};

/** Write an operator whose widths are parameters, so that it goes with any dtypes, and load it. */
export function operatorFile(folder: string, kind: OperatorKind, name: string): Operator {
  const { ports, program } = FILES[kind];
  writeFileSync(join(folder, `${name}.v`), `module ${name} #(parameter W = 8) (${ports});\nendmodule\n`);
  writeFileSync(join(folder, `${name}.ts`), program);
  return loadOperator(kind, name, folder);
}
