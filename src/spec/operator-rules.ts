import { moduleNames } from '../design/design.ts';
import { dtypeInfo } from '../dtype/dtype.ts';
import type { Operator, OperatorKind } from '../dtype/operator.ts';
import type { ArraySpec } from './array-spec.ts';
import { list } from './suggest.ts';
import { isVerilogKeyword } from './verilog-names.ts';
import { moduleNamesIn, modulePorts, type VerilogPort } from './verilog-ports.ts';
import { shorten } from './wording.ts';

// The rules of a user's own operators and their sentences, for those that a spec names and those that a program makes.

/** The function that the program of an operator exports. */
export const FUNCTION_NAMES = { multiplier: 'multiply', adder: 'add' } as const satisfies Record<OperatorKind, string>;

const PORTS = {
  multiplier: [
    { name: 'a_i', direction: 'input', part: 'a' },
    { name: 'b_i', direction: 'input', part: 'b' },
    { name: 'product_o', direction: 'output', part: 'product' },
  ],
  adder: [
    { name: 'x_i', direction: 'input', part: 'c' },
    { name: 'y_i', direction: 'input', part: 'c' },
    { name: 'sum_o', direction: 'output', part: 'c' },
  ],
} as const;

/** Name an operator in a message: `multiplier "mine"`. */
export function describeOperator(kind: OperatorKind, name: string): string {
  return `${kind} "${shorten(name)}"`;
}

/** Say why no module of an operator can have a name; null when one can. */
export function operatorNameProblem(kind: OperatorKind, name: string): string | null {
  if (!/^[A-Za-z_]\w*$/.test(name) || name.length > MAX_MODULE_NAME) {
    return (
      `the Verilog module of ${an(kind)} is named as the end of its path, at most ${MAX_MODULE_NAME} ASCII letters, digits ` +
      `and _ without a digit in front, received "${shorten(name)}"`
    );
  }
  if (isVerilogKeyword(name)) return `the ${kind} name "${name}" is a Verilog keyword, so no module can have it`;
  if (!name.startsWith(LIBRARY_PREFIX)) return null;
  return `the names of Espalier's own modules begin with ${LIBRARY_PREFIX}, received ${describeOperator(kind, name)}`;
}

const MAX_MODULE_NAME = 64;
const LIBRARY_PREFIX = 'espalier_';

/** List where the Verilog of an operator is not the module that a PE needs. */
export function moduleProblems({ kind, name, verilog, path }: Omit<Operator, 'compute' | 'program'>): string[] {
  const received = modulePorts(verilog, name);
  if (received === null) {
    const found = moduleNamesIn(verilog);
    const others = found.length === 0 ? 'no module' : `module ${list(found, 'and')}`;
    return [`the Verilog file ${path}.v must define the module ${name}, found ${others}`];
  }
  const wanted = PORTS[kind];
  const same =
    received.length === wanted.length && wanted.every((port) => received.some((other) => isSame(port, other)));
  if (same) return [];
  const found = received.length === 0 ? 'no ports' : list(received.map(printPort), 'and');
  return [
    `the module of ${an(kind)} has exactly the ports ${list(wanted.map(printPort), 'and')}, found ${found} of ${name}`,
  ];
}

/** List the ports of an operator that have another width than the array's numbers. */
export function widthProblems({ kind, name, verilog }: Operator, types: ArraySpec['types']): string[] {
  const [a, b, c] = [types.a, types.b, types.c].map(dtypeInfo);
  const product = c!.kind === 'float' ? c!.widthBits : a!.widthBits + b!.widthBits;
  const widths = { a: a!.widthBits, b: b!.widthBits, c: c!.widthBits, product };
  const received = new Map(modulePorts(verilog, name)?.map((port) => [port.name, port.widthBits]));
  const of = kind === 'adder' ? `sums in ${types.c}` : `${types.a} × ${types.b} with sums in ${types.c}`;
  return PORTS[kind].flatMap(({ name: port, part }) => {
    const widthBits = received.get(port) ?? null;
    if (widthBits === null || widthBits === widths[part]) return [];
    return [
      `the port ${port} of ${describeOperator(kind, name)} must have ${widths[part]} bits for ${of}, received ${widthBits}`,
    ];
  });
}

/** List the other modules of an array that have the name of its operator's. */
export function clashProblems(
  arrayName: string,
  { multiplier, adder }: ArraySpec['operators'],
  kind: OperatorKind,
): string[] {
  const name = (kind === 'multiplier' ? multiplier : adder)?.name;
  const own = Object.values(moduleNames({ name: arrayName })).find((module) => module === name);
  if (own !== undefined) {
    return [`array "${arrayName}" has a module ${own} of its own, received ${describeOperator(kind, own)}`];
  }
  if (kind === 'multiplier' || name === undefined || multiplier?.name !== name) return [];
  return [`the multiplier and the adder of an array have different names, received "${name}" for both`];
}

function isSame(wanted: Pick<VerilogPort, 'name' | 'direction'>, found: VerilogPort): boolean {
  return wanted.name === found.name && wanted.direction === found.direction;
}

function printPort({ direction, name }: Pick<VerilogPort, 'name' | 'direction'>): string {
  return `${direction} ${name}`;
}

function an(kind: OperatorKind): string {
  return kind === 'adder' ? 'an adder' : 'a multiplier';
}
