import type { RegisterEntry, RegisterField } from './register-map.ts';

/** Print registers and their fields as a table of Markdown. */
export function registerTable(entries: readonly RegisterEntry[]): string {
  const lines = entries.flatMap(({ name, address, words, access, does, fields = [] }) => [
    `| ${hex(address)}${words > 1 ? ` … ${hex(address + 4 * words - 4)}` : ''} | \`${name}\` | ${access} | ${does} |`,
    ...fields.map((field) => `| bit ${bitRange(field)} | \`${field.name}\` | | ${field.does} |`),
  ]);
  return ['| address | name | access | what it is |', '|---|---|---|---|', ...lines, ''].join('\n');
}

/** Print the fields of a word as a table of Markdown. */
export function fieldTable(fields: readonly RegisterField[]): string {
  const lines = fields.map((field) => `| ${bitRange(field)} | \`${field.name}\` | ${field.does} |`);
  return ['| bits | field | content |', '|---|---|---|', ...lines, ''].join('\n');
}

/** The bits of a field, as documents write them: the highest first. */
export function bitRange({ bit, widthBits }: RegisterField): string {
  return widthBits === 1 ? `${bit}` : `${bit + widthBits - 1} … ${bit}`;
}

function hex(address: number): string {
  return `0x${address.toString(16).padStart(3, '0')}`;
}
