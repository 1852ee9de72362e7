import { ADDRESS_BITS, FAULT_REGISTERS, FAULT_STRIDE, REGISTERS, type RegisterEntry } from '../top/register-map.ts';
import { literal } from './verilog.ts';

/** The files of `rtl/` that hold the register map for Verilog, by name. */
export function registerMapFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['espalier_register_map.vh', mapFile('The registers of a top module', REGISTERS, ADDRESS_BITS - 2)],
    [
      'espalier_fault_register_map.vh',
      mapFile('The registers of a fault slot', FAULT_REGISTERS, Math.log2(FAULT_STRIDE) - 2),
    ],
  ]);
}

function mapFile(title: string, entries: readonly RegisterEntry[], wordBits: number): string {
  const lines = entries.flatMap((entry) => {
    const word = entry.address / 4;
    const at = (name: string, offset: number) =>
      `localparam [${wordBits - 1}:0] ${name} = ${literal(wordBits, word + offset)};`;
    return [
      at(`WORD_${entry.name}`, 0),
      ...(entry.words === 2 ? [at(`WORD_${entry.name}_HIGH`, 1)] : []),
      ...(entry.fields ?? []).map(({ name, bit }) => `localparam BIT_${name} = ${bit};`),
    ];
  });
  return `// ${title}, as word addresses and bit numbers. Generated.\n${lines.join('\n')}\n`;
}
