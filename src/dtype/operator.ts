/** The operations of a PE that a user may replace. */
export const OPERATOR_KINDS = ['multiplier', 'adder'] as const;

export type OperatorKind = (typeof OPERATOR_KINDS)[number];

/**
 * A multiplier or adder of the user's own: a Verilog module and a function that gives the same bits.
 *
 * The module is combinational. A multiplier has the ports `a_i`, `b_i` (the operands) and `product_o` (as wide as both
 * together for integers, as the accumulator for floating point); an adder has `x_i` (the sum so far), `y_i` (the product,
 * extended to the accumulator's width) and `sum_o`.
 */
export interface Operator {
  readonly kind: OperatorKind;
  /** Name of the Verilog module, which is also the file name. */
  readonly name: string;
  /** Absolute path of both files without their endings. */
  readonly path: string;
  /** Text of the Verilog file. */
  readonly verilog: string;
  /** Text of the program that holds the function. */
  readonly program: string;
  /** From the bits of both inputs, as unsigned numbers, to the bits of the output. */
  readonly compute: (x: bigint, y: bigint) => bigint;
}
