import type { Design } from '../design/design.ts';

/** A module instance that drives one wire of the PE. */
export interface InstanceView {
  readonly module: string;
  readonly comment: string;
  readonly parameters: readonly { readonly name: string; readonly value: number }[];
  /** Whether the module takes clock, reset and enable. */
  readonly clocked: boolean;
  readonly connections: readonly { readonly port: string; readonly wire: string }[];
}

/** The module that multiplies registers a and b; null where Verilog's own operator does. */
export function multiplierOf(design: Design, result: string): InstanceView | null {
  const { lines, pipeline, spec } = design;
  const { multiplier } = spec.operators;
  const connections = connect({ a_i: 'a_q', b_i: 'b_q', product_o: result });
  if (multiplier) return ownOperator(multiplier.name, 'the product of an own multiplier', connections);
  if (spec.multiplierStyle === 'booth') return boothMultiplier(design, result);
  const [operand, sum] = [lines.a.float, lines.c.float];
  if (!operand || !sum) return null;
  return {
    module: 'espalier_float_multiply',
    comment: 'the product, rounded',
    parameters: list({
      OPERAND_EXPONENT: operand.exponentBits,
      OPERAND_FRACTION: operand.fractionBits,
      RESULT_EXPONENT: sum.exponentBits,
      RESULT_FRACTION: sum.fractionBits,
      LATENCY: pipeline.multiplierLatency,
    }),
    clocked: true,
    connections,
  };
}

/** Rows of Booth digits, as many as the narrower factor needs. */
function boothMultiplier({ lines, pipeline }: Design, result: string): InstanceView {
  const [a, b] = lines.a.widthBits < lines.b.widthBits ? [lines.b, lines.a] : [lines.a, lines.b];
  return {
    module: 'espalier_booth',
    comment: 'the exact product, from rows of Booth digits',
    parameters: list({
      A_BITS: a.widthBits,
      A_SIGNED: Number(a.signed),
      B_BITS: b.widthBits,
      B_SIGNED: Number(b.signed),
      LATENCY: pipeline.multiplierLatency,
    }),
    clocked: true,
    connections: connect({ a_i: `${a.line}_q`, b_i: `${b.line}_q`, product_o: result }),
  };
}

/** The module that adds a product to the sum; null where Verilog's own operator does. */
export function adderOf(
  { lines, pipeline, spec }: Design,
  { sum, addend, result }: { readonly sum: string; readonly addend: string; readonly result: string },
): InstanceView | null {
  const { adder } = spec.operators;
  const connections = connect({ x_i: sum, y_i: addend, sum_o: result });
  if (adder) return ownOperator(adder.name, 'the sum of an own adder', connections);
  const { float } = lines.c;
  if (!float) return null;
  return {
    module: 'espalier_float_add',
    comment: 'the sum, rounded',
    parameters: list({
      EXPONENT: float.exponentBits,
      FRACTION: float.fractionBits,
      LATENCY: pipeline.adderLatency,
    }),
    clocked: true,
    connections,
  };
}

/** The files of `rtl/` that hold the modules which a PE's multiplier and adder need. */
export function operatorLibrary({ lines, spec }: Design): string[] {
  const { multiplier, adder } = spec.operators;
  if (spec.multiplierStyle === 'booth') return ['espalier_booth.v', 'espalier_pipe.v'];
  if (!lines.c.float || (multiplier && adder)) return [];
  return [
    ...(adder ? [] : ['espalier_float_add.v']),
    ...(multiplier ? [] : ['espalier_float_multiply.v']),
    'espalier_pipe.v',
  ];
}

function ownOperator(module: string, comment: string, connections: InstanceView['connections']): InstanceView {
  return { module, comment, parameters: [], clocked: false, connections };
}

function connect(wires: Readonly<Record<string, string>>): InstanceView['connections'] {
  return Object.entries(wires).map(([port, wire]) => ({ port, wire }));
}

function list(parameters: Readonly<Record<string, number>>): InstanceView['parameters'] {
  return Object.entries(parameters).map(([name, value]) => ({ name, value }));
}
