import { cycleBackend } from '../../../src/backend/functional.ts';
import type { MachineBackend } from '../../../src/backend/machine-backend.ts';
import { buildDesign } from '../../../src/design/build-design.ts';
import type { Design } from '../../../src/design/design.ts';
import type { Operator, OperatorKind } from '../../../src/dtype/operator.ts';
import { arithmeticOf } from '../../../src/sim/formats.ts';
import { designOf } from '../../design/support/arrays.ts';

type Compute = Operator['compute'];
type Types = Design['spec']['types'];

const PORTS: Readonly<Record<OperatorKind, string>> = {
  multiplier: 'input wire [A-1:0] a_i, input wire [B-1:0] b_i, output wire [P-1:0] product_o',
  adder: 'input wire [C-1:0] x_i, input wire [C-1:0] y_i, output wire [C-1:0] sum_o',
};

/** Make an operator of a function and the body of a module whose parameters A, B, P and C are the widths. */
export function operatorOf(kind: OperatorKind, name: string, compute: Compute, body = '', types?: Types): Operator {
  const { lines, product } = designOf(types && { types });
  const [a, b, c] = [lines.a, lines.b, lines.c].map(({ widthBits }) => widthBits);
  const parameters = `parameter A = ${a}, B = ${b}, P = ${product.widthBits}, C = ${c}`;
  const verilog = `module ${name} #(${parameters}) (${PORTS[kind]});\n  ${body}\nendmodule\n`;
  return { kind, name, path: `/${name}`, verilog, program: String(compute), compute };
}

/** Build an array with own operators. */
export function designWith(operators: readonly Operator[], types?: Types): Design {
  const own = (kind: OperatorKind) => operators.find((operator) => operator.kind === kind) ?? null;
  return designOf({ ...(types && { types }), operators: { multiplier: own('multiplier'), adder: own('adder') } });
}

/** The exact operation of an array on bits. */
export function exactly(kind: OperatorKind, types?: Types): Compute {
  const { lines, product, ...design } = designOf(types && { types });
  const { multiply, accumulate, fromBits, toBits } = arithmeticOf({ ...design, lines, product });
  const { a, b, c } = lines;
  return kind === 'multiplier'
    ? (x, y) => toBits(multiply(fromBits(x, a), fromBits(y, b)), product)
    : (x, y) => toBits(accumulate(fromBits(x, c), fromBits(y, c)), c);
}

/** A stand-in for Verilator: the cycle simulator of a probe whose operators compute what is given for their kind. */
export function verilogComputing(
  functions: Partial<Record<OperatorKind, Compute>> = {},
): (probe: Design) => Promise<MachineBackend> {
  return async ({ spec }) => {
    const { multiplier, adder } = spec.operators;
    const operators = {
      multiplier: multiplier && { ...multiplier, compute: functions.multiplier ?? multiplier.compute },
      adder: adder && { ...adder, compute: functions.adder ?? adder.compute },
    };
    return cycleBackend(buildDesign({ ...spec, operators }));
  };
}
