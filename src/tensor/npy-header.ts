import { FileError } from '../errors.ts';
import { ELEMENT_TYPES, type ElementType } from './tensor.ts';

/** The element types that the format knows; bfloat16 is not among them. */
export type NpyType = Exclude<ElementType, 'bfloat16'>;

const NPY_TYPES = ELEMENT_TYPES.filter((type): type is NpyType => type !== 'bfloat16');

/** What the header of a .npy file says about the bytes that follow it. */
export interface NpyHeader {
  readonly type: ElementType;
  readonly bigEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the elements begin, in bytes from the start of the file. */
  readonly dataOffset: number;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] as const;

/** NumPy aligns the elements to 64 bytes and leaves room for the growing side to be rewritten in place. */
const ALIGNMENT_BYTES = 64;
const GROWTH_DIGITS = 21;

/** NumPy's array-protocol letter and size of each element type. */
const TYPE_CODES = {
  int8: 'i1',
  int16: 'i2',
  int32: 'i4',
  int64: 'i8',
  uint8: 'u1',
  uint16: 'u2',
  uint32: 'u4',
  uint64: 'u8',
  float32: 'f4',
  float64: 'f8',
  float16: 'f2',
  bool: 'b1',
} as const satisfies Record<NpyType, string>;

/**
 * Read the header of a .npy file of format version 1.0, 2.0 or 3.0. Source: NumPy enhancement proposal 1.
 * @throws FileError naming the rule that the header breaks.
 */
export function parseNpyHeader(bytes: Uint8Array, place: string): NpyHeader {
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw new FileError(
      `not a .npy file: it must begin with the bytes ${hex(MAGIC)}, not with ${hex(bytes.subarray(0, 6)) || 'nothing'} (${place})`,
    );
  }
  const [text, dataOffset] = headerText(bytes, place);
  const entries = dictionary(text, place);
  const { type, bigEndian } = elementType(entries.get('descr')!, place);
  return {
    type,
    bigEndian,
    fortranOrder: checked(entries, 'fortran_order', place) === 'True',
    shape: shapeOf(checked(entries, 'shape', place)),
    dataOffset,
  };
}

/** Print the version 1.0 header, byte for byte as NumPy does, of a little-endian array in C order. */
export function printNpyHeader(type: NpyType, shape: readonly number[]): Uint8Array {
  const code = TYPE_CODES[type];
  const order = code.endsWith('1') ? '|' : '<';
  const sides = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const growth = shape.length === 0 ? '' : ' '.repeat(GROWTH_DIGITS - String(shape[0]).length);
  const text = `{'descr': '${order}${code}', 'fortran_order': False, 'shape': (${sides}), }${growth}`;
  const unpadded = MAGIC.length + 4 + text.length + 1;
  const padding = ' '.repeat(ALIGNMENT_BYTES - (unpadded % ALIGNMENT_BYTES));
  const length = text.length + padding.length + 1;
  return Buffer.concat([
    Uint8Array.from([...MAGIC, 1, 0, length & 0xff, length >> 8]),
    Buffer.from(`${text}${padding}\n`, 'latin1'),
  ]);
}

/** Version 1.0 has a two-byte header length, the later ones four. */
function headerText(bytes: Uint8Array, place: string): [text: string, dataOffset: number] {
  const [major, minor] = [bytes[6], bytes[7]];
  if (major !== undefined && minor !== undefined && (major < 1 || major > 3 || minor !== 0)) {
    throw new FileError(`.npy format version must be 1.0, 2.0 or 3.0, not ${major}.${minor} (${place})`);
  }
  const start = major === 1 ? 10 : 12;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end =
    bytes.length < start ? Infinity : start + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (end > bytes.length) {
    const needed = Number.isFinite(end) ? end : start;
    throw new FileError(`.npy header ends early: ${needed} bytes needed, ${bytes.length} there (${place})`);
  }
  return [Buffer.from(bytes.subarray(start, end)).toString(major === 3 ? 'utf8' : 'latin1'), end];
}

/** The header is a Python dictionary of exactly three keys; the values are kept as text. */
function dictionary(text: string, place: string): ReadonlyMap<string, string> {
  const item = String.raw`'(?:descr|fortran_order|shape)'\s*:\s*(?:'[^']*'|\[.*\]|True|False|\([\d\sL,]*\))`;
  const normal = text.trim().replaceAll('"', "'");
  const entries = new Map<string, string>();
  if (new RegExp(`^\\{\\s*${item}(?:\\s*,\\s*${item})*\\s*,?\\s*\\}$`).test(normal)) {
    for (const [entry] of normal.matchAll(new RegExp(item, 'g'))) {
      const colon = entry.indexOf(':');
      entries.set(entry.slice(1, entry.indexOf("'", 1)), entry.slice(colon + 1).trim());
    }
  }
  if (entries.size !== 3) {
    throw new FileError(
      `.npy header must be a dictionary of 'descr', 'fortran_order' and 'shape', not ${excerpt(text.trim())} (${place})`,
    );
  }
  return entries;
}

function elementType(descr: string, place: string): { type: ElementType; bigEndian: boolean } {
  const [, order, code] = /^'([<>|])(\w+)'$/.exec(descr) ?? [];
  const type = NPY_TYPES.find((candidate) => TYPE_CODES[candidate] === code);
  if (type === undefined || (order === '|' && !code!.endsWith('1'))) {
    throw new FileError(
      `.npy element type must be one of ${NPY_TYPES.join(', ')}, not ${excerpt(descr.replaceAll("'", ''))} (${place})`,
    );
  }
  return { type, bigEndian: order === '>' };
}

function checked(entries: ReadonlyMap<string, string>, key: 'fortran_order' | 'shape', place: string): string {
  const value = entries.get(key)!;
  const [rule, expected] =
    key === 'shape'
      ? [/^\((?:\d+L?(?:\s*,\s*\d+L?)*\s*,?)?\s*\)$/, 'a tuple of sides']
      : [/^(?:True|False)$/, 'True or False'];
  if (!rule.test(value)) throw new FileError(`.npy ${key} must be ${expected}, not ${excerpt(value)} (${place})`);
  return value;
}

/** Python 2 wrote large sides with the suffix L. */
function shapeOf(tuple: string): number[] {
  return (tuple.match(/\d+/g) ?? []).map(Number);
}

function hex(bytes: Iterable<number>): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function excerpt(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text || 'nothing';
}
