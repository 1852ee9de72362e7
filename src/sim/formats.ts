import type { Design } from '../design/design.ts';
import type { Arithmetic, NumberFormat, Value } from '../dtype/arithmetic.ts';
import { peArithmetic } from '../dtype/pe-arithmetic.ts';
import type { FaultNode } from '../fault/fault.ts';

/** The format of a control token. */
export const TOKEN: NumberFormat = { widthBits: 1, signed: false };

/** Make the arithmetic of a design's PEs. */
export function arithmeticOf({ lines, product, spec }: Design): Arithmetic<Value> {
  return peArithmetic({ a: lines.a, b: lines.b, c: lines.c, product }, spec.operators);
}

/** The format of a register that holds more than a bit, by its name in the Verilog of the PE. */
export function formatOfRegister(design: Design, name: string): NumberFormat {
  switch (/^[a-z]+/.exec(name)![0]) {
    case 'a':
      return design.lines.a;
    case 'b':
      return design.lines.b;
    case 'c':
      return design.lines.c;
    case 's':
      return design.lines[design.stationary!];
    default:
      return design.product;
  }
}

/** The format in which a fault node's bits are read. */
export function formatOfNode(design: Design, node: FaultNode): NumberFormat {
  switch (node) {
    case 'a':
    case 'a_out':
      return design.lines.a;
    case 'b':
    case 'b_out':
      return design.lines.b;
    case 'c':
    case 'c_in':
      return design.lines.c;
    case 'p':
      return design.product;
    case 's':
      return design.lines[design.stationary!];
    default:
      return TOKEN;
  }
}
