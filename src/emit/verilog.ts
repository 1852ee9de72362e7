import type { Pe } from '../design/design.ts';

/** Print the range of a vector, such as `[7:0] `; nothing for a single bit. */
export function range(widthBits: number): string {
  return widthBits === 1 ? '' : `[${widthBits - 1}:0] `;
}

/** Print a sized literal in hexadecimal, such as `8'hff`. @throws {RangeError} when the value does not fit the width. */
export function literal(widthBits: number, value: number | bigint): string {
  const bits = BigInt(value);
  if (bits < 0n || bits >> BigInt(widthBits) !== 0n) throw new RangeError(`${value} does not fit ${widthBits} bits`);
  return `${widthBits}'h${bits.toString(16)}`;
}

/** Print the select of one lane of a packed vector; lane 0 lies in the least significant bits. */
export function laneOf(vector: string, lane: number, laneBits: number, lanes: number): string {
  if (lanes === 1) return vector;
  return laneBits === 1 ? `${vector}[${lane}]` : `${vector}[${(lane + 1) * laneBits - 1}:${lane * laneBits}]`;
}

/** Name a position in identifiers: `x1_y2`, with m for a minus sign. */
export function positionName({ x, y }: Pick<Pe, 'x' | 'y'>): string {
  const coordinate = (value: number) => (value < 0 ? `m${-value}` : `${value}`);
  return `x${coordinate(x)}_y${coordinate(y)}`;
}

/** Extend or cut a vector to a width: by its sign, by zeros, or to its least significant bits. */
export function resize(name: string, fromBits: number, toBits: number, signed: boolean): string {
  if (toBits === fromBits) return name;
  if (toBits < fromBits) return `${name}[${toBits - 1}:0]`;
  const fill = signed ? `${name}[${fromBits - 1}]` : "1'b0";
  return `{ {${toBits - fromBits}{${fill}}}, ${name}}`;
}
