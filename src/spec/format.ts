import type { CycleWindow, FaultSpec } from '../fault/fault.ts';
import { formatMatrix } from '../projection/space-time.ts';
import type { ArraySpec, SpecFile } from './array-spec.ts';

/** Print a spec in the language that `parseSpec` reads; reading it again gives an equal spec. */
export function formatSpec(spec: SpecFile): string {
  const faults = spec.faults.map((fault) => `fault ${fault.name}: ${formatFault(fault)}\n`);
  return [...spec.arrays.map(formatArray), ...(faults.length > 0 ? [faults.join('')] : [])].join('\n');
}

/** Print a fault without its name, as `parseFault` reads it. */
export function formatFault({ kind, node, pe, bits, value, window }: FaultSpec): string {
  const selection = bits.form === 'index' ? `bit ${bits.index}` : `bits ${hex(bits.mask)}`;
  const to = value === null ? '' : ` to ${bits.form === 'index' ? value >> BigInt(bits.index) : hex(value)}`;
  const msb = bits.msb === 'first' ? ' msb first' : '';
  return `${kind} ${selection}${msb}${to} of ${node} at (${pe.x}, ${pe.y})${formatWindow(window)}`;
}

function formatArray({ name, size, projection, types, faultSlots, productRegister }: ArraySpec): string {
  const statements = [
    `size ${size.join(' x ')}`,
    `projection ${projection.preset ?? formatMatrix(projection.matrix)}`,
    `types a: ${types.a}, b: ${types.b}, c: ${types.c}`,
    ...(faultSlots > 0 ? [`fault_slots ${faultSlots}`] : []),
    ...(productRegister ? ['product_register'] : []),
  ];
  return `array ${name} {\n${statements.map((statement) => `  ${statement}\n`).join('')}}\n`;
}

function formatWindow({ from, to, tile }: CycleWindow): string {
  const lower = from > 0 ? `>=${from}` : '';
  const upper = Number.isFinite(to) ? `<=${to}` : '';
  const cycles = from === to ? `=${from}` : lower + upper;
  return `${cycles === '' ? '' : ` cycles ${cycles}`}${tile === null ? '' : ` tile ${tile}`}`;
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
