import type { Design } from '../design/design.ts';
import type { NumberFormat, PeFormats } from '../dtype/arithmetic.ts';
import type { FaultNode } from '../fault/fault.ts';

/** The format of a control token. */
export const TOKEN: NumberFormat = { widthBits: 1, signed: false };

/** The formats of a design's operands, product and accumulator. */
export function formatsOf({ lines, product }: Design): PeFormats {
  return { a: lines.a, b: lines.b, c: lines.c, product };
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
    default:
      return TOKEN;
  }
}
