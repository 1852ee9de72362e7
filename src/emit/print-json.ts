/** Print a value as JSON with what fits a line on one line, so that tables of numbers stay readable. */
export function printJson(value: unknown, widthCharacters = 120): string {
  return `${print(value, '', widthCharacters)}\n`;
}

function print(value: unknown, indent: string, width: number): string {
  const compact = JSON.stringify(value) ?? 'null';
  const spaced = compact.length <= width ? oneLine(value) : compact;
  if (typeof value !== 'object' || value === null || indent.length + spaced.length <= width) return spaced;
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const entries = Array.isArray(value)
    ? value.map((entry) => print(entry, inner, width))
    : Object.entries(value)
        .filter(([, entry]) => entry !== undefined)
        .map(([key, entry]) => `${JSON.stringify(key)}: ${print(entry, inner, width)}`);
  return `${open}\n${inner}${entries.join(`,\n${inner}`)}\n${indent}${close}`;
}

function oneLine(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  if (entries.length === 0) return '{}';
  return `{ ${entries.map(([key, entry]) => `${JSON.stringify(key)}: ${oneLine(entry)}`).join(', ')} }`;
}
