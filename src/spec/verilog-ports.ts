/** A port of a Verilog module; the width is null where it is not written in plain numbers. */
export interface VerilogPort {
  readonly name: string;
  readonly direction: 'input' | 'output' | 'inout';
  readonly widthBits: number | null;
}

/** List the names of the modules that a Verilog text defines. */
export function moduleNamesIn(verilog: string): string[] {
  return Array.from(withoutComments(verilog).matchAll(MODULE), ([, name]) => name!);
}

/**
 * Read the ports of a module from its text, in either style of Verilog-2005: declared in the header or behind it.
 * Null when the text has no such module. Conditional compilation and macros are not expanded.
 */
export function modulePorts(verilog: string, name: string): VerilogPort[] | null {
  const code = withoutComments(verilog);
  const start = Array.from(code.matchAll(MODULE)).find((found) => found[1] === name);
  if (start === undefined) return null;
  const rest = code.slice(start.index + start[0].length);
  const end = rest.search(/\bendmodule\b/);
  const module = end < 0 ? rest : rest.slice(0, end);
  const headerEnd = module.indexOf(';');
  const header = headerEnd < 0 ? module : module.slice(0, headerEnd);
  const ports = splitDeclarations(portList(header));
  if (ports.length > 0) return ports;
  const body = module.slice(headerEnd + 1).replace(/\b(function|task)\b.*?\bend\1\b/gs, '');
  return body.split(';').flatMap(splitDeclarations);
}

const MODULE = /\bmodule\s+(?:automatic\s+)?([A-Za-z_][\w$]*)/g;

/** Comments, texts and attributes become blanks, compiler directives go with their lines. */
function withoutComments(verilog: string): string {
  return verilog
    .replace(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*.*?\*\//gs, ' ')
    .replace(/\(\*(?!\s*\)).*?\*\)/gs, ' ')
    .replace(/^\s*`.*$/gm, '');
}

/** The last pair of parentheses of a header; those before it hold parameters. */
function portList(header: string): string {
  const close = header.lastIndexOf(')');
  let depth = 0;
  for (let at = close; at >= 0; at -= 1) {
    if (header[at] === ')') depth += 1;
    if (header[at] === '(') depth -= 1;
    if (depth === 0) return header.slice(at + 1, close);
  }
  return '';
}

const DECLARATION =
  /^\s*(?:(input|output|inout)\b)?\s*(?:\b(?:wire|reg|logic)\b)?\s*(?:\b(?:signed|unsigned)\b)?\s*(\[[^\]]*\])?\s*(\w+)\s*$/;

/** Read `input wire [7:0] a, b, output c`: a name without a direction continues the declaration before it. */
function splitDeclarations(text: string): VerilogPort[] {
  const ports: VerilogPort[] = [];
  let direction: VerilogPort['direction'] | undefined;
  let range: string | undefined;
  for (const part of text.split(',')) {
    const [, said, ownRange, name] = DECLARATION.exec(part) ?? [];
    if (said !== undefined) {
      direction = said as VerilogPort['direction'];
      range = ownRange;
    }
    if (direction !== undefined && name !== undefined) ports.push({ name, direction, widthBits: widthOf(range) });
  }
  return ports;
}

function widthOf(range: string | undefined): number | null {
  if (range === undefined) return 1;
  const [, high, low] = /^\[\s*(\d+)\s*:\s*(\d+)\s*\]$/.exec(range) ?? [];
  return high === undefined ? null : Math.abs(Number(high) - Number(low)) + 1;
}
