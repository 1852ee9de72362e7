import type { RegisterEntry } from './register-map.ts';

/** Print registers and their fields as a table of Markdown. */
export function registerTable(entries: readonly RegisterEntry[]): string {
  const lines = entries.flatMap(({ name, address, words, access, does, fields = [] }) => [
    `| ${hex(address)}${words > 1 ? ` … ${hex(address + 4 * words - 4)}` : ''} | \`${name}\` | ${access} | ${does} |`,
    ...fields.map((field) => {
      const bits = field.widthBits === 1 ? `${field.bit}` : `${field.bit + field.widthBits - 1} … ${field.bit}`;
      return `| bit ${bits} | \`${field.name}\` | | ${field.does} |`;
    }),
  ]);
  return ['| address | name | access | what it is |', '|---|---|---|---|', ...lines, ''].join('\n');
}

function hex(address: number): string {
  return `0x${address.toString(16).padStart(3, '0')}`;
}
