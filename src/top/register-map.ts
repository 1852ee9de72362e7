import { DTYPES, type Dtype } from '../dtype/dtype.ts';

/** Who may do what with a register. */
export type RegisterAccess = 'read-write' | 'read';

/** A named part of a register. */
export interface RegisterField {
  readonly name: string;
  readonly bit: number;
  readonly widthBits: number;
  readonly does: string;
}

/** A register of the top module, of one 32-bit word or more; the least significant word has the lowest address. */
export interface RegisterEntry {
  readonly name: string;
  /** Byte address; of a register of a fault slot counted from the start of the slot. */
  readonly address: number;
  readonly words: number;
  readonly access: RegisterAccess;
  readonly does: string;
  readonly fields?: readonly RegisterField[];
}

/** What `ID` reads: the ASCII codes of "ESPT". */
export const TOP_ID = 0x45535054;

/** The version of this map: what `VERSION` reads. */
export const MAP_VERSION = 1;

/** Bits of a byte address. */
export const ADDRESS_BITS = 14;

/** Where the registers of fault slot 0 begin, and how many bytes lie between those of two slots. */
export const FAULT_BASE = 0x2000;
export const FAULT_STRIDE = 0x80;

/** Why a packet was dropped: the bits of the error field in the order of the loader's `error_o`. */
export const PACKET_ERRORS = ['MAGIC', 'EARLY_LAST', 'LATE_LAST', 'NULL_BYTE'] as const;

export type PacketError = (typeof PACKET_ERRORS)[number];

const flag = (name: string, bit: number, does: string): RegisterField => ({ name, bit, widthBits: 1, does });

const word = (name: string, address: number, access: RegisterAccess, does: string): RegisterEntry => ({
  name,
  address,
  words: 1,
  access,
  does,
});

const counter = (name: string, address: number, does: string): RegisterEntry => ({
  name,
  address,
  words: 2,
  access: 'read',
  does: `${does}; reading the low word keeps the high word for the next read`,
});

/** The registers of every top module. */
export const REGISTERS: readonly RegisterEntry[] = [
  word('ID', 0x000, 'read', '0x45535054, the letters ESPT'),
  word('VERSION', 0x004, 'read', `version of this register map: ${MAP_VERSION}`),
  word('HASH_LOW', 0x008, 'read', 'design hash, lower half'),
  word('HASH_HIGH', 0x00c, 'read', 'design hash, upper half'),
  {
    ...word('CONTROL', 0x010, 'read-write', 'what the core does'),
    fields: [
      flag('ENABLE', 0, '1 after reset; at 0 no tile starts, so that the grid stands still where the next one is due'),
      flag(
        'SOFT_RESET',
        1,
        'write 1, with ENABLE beside it: forgets all tiles, ends the job, clears counters and error flags; reads 0',
      ),
      flag('CLEAR', 2, 'write 1, with ENABLE beside it: clears error flags and all counters but CYCLE; reads 0'),
      flag(
        'FORGET_PACKET',
        3,
        'write 1 beside SOFT_RESET when the source has given up a packet: the next beat is a header; without SOFT_RESET it does nothing; reads 0',
      ),
    ],
  },
  {
    ...word('STATUS', 0x014, 'read', 'what happens now, and what went wrong since the last CLEAR'),
    fields: [
      flag('BUSY', 0, 'a job runs, there are tiles or results in the core, or a packet is open on its input'),
      flag('RUNNING', 1, 'a job runs'),
      flag('FROZEN', 2, 'the grid stands still because a tile is due that cannot start'),
      flag('NO_TILE', 3, 'because it is not there'),
      flag('NO_ROOM', 4, 'because no output slot is free'),
      flag('SLIPPED', 5, 'since the last CLEAR a tile started later than its gap said: the schedule is no legal one'),
      flag('MAGIC', 8, 'a packet was dropped: its header was none, with another MAGIC or a bit set in ZERO'),
      flag('EARLY_LAST', 9, 'a packet was dropped: tlast before its last beat'),
      flag('LATE_LAST', 10, 'a packet was dropped: no tlast on its last beat'),
      flag('NULL_BYTE', 11, 'a packet was dropped: a null byte where data must be'),
    ],
  },
  word('TILES_IN', 0x018, 'read', 'tiles taken in, modulo 2^32'),
  word('TILES_OUT', 0x01c, 'read', 'packets of results sent, modulo 2^32'),
  word('N1', 0x020, 'read', 'rows of A and R in a tile'),
  word('N2', 0x024, 'read', 'columns of B and R in a tile'),
  word('N3', 0x028, 'read', 'columns of A and rows of B in a tile'),
  {
    ...word('TYPES', 0x02c, 'read', `number formats: ${DTYPES.map((dtype, code) => `${code} ${dtype}`).join(', ')}`),
    fields: [
      { name: 'TYPE_A', bit: 0, widthBits: 8, does: 'of A' },
      { name: 'TYPE_B', bit: 8, widthBits: 8, does: 'of B' },
      { name: 'TYPE_C', bit: 16, widthBits: 8, does: 'of C and R' },
    ],
  },
  word('STREAM_BITS', 0x030, 'read', 'bits of tdata'),
  word('FAULT_SLOTS', 0x034, 'read', 'number of fault slots'),
  counter('CYCLE', 0x040, 'cycles that the grid has done of the job, or of the last one, from its cycle 0 on'),
  counter(
    'CLOCKS',
    0x048,
    'clocks in which a job ran, of all jobs, those before its cycle 0 and after its last cycle included',
  ),
  counter('FROZEN_CLOCKS', 0x050, 'of these, clocks in which the grid stood still'),
];

/** The registers of one fault slot, with as many words for mask and value as the widest array has. */
export const FAULT_REGISTERS: readonly RegisterEntry[] = [
  word('ENABLE', 0x00, 'read-write', 'bit 0: whether the slot acts at all'),
  word('PE', 0x04, 'read-write', 'index of the PE'),
  word('NODE', 0x08, 'read-write', 'code of the node'),
  word('KIND', 0x0c, 'read-write', 'code of the kind'),
  { ...word('FIRST', 0x10, 'read-write', 'first cycle of the job in which the slot acts'), words: 2 },
  { ...word('LAST', 0x18, 'read-write', 'last such cycle; all ones stands for no end'), words: 2 },
  counter('FIRED', 0x20, 'cycles in which the fault changed a bit'),
  {
    ...word(
      'MASK',
      0x40,
      'read-write',
      'the bits on which the fault acts, in as many words as the widest register of the array has',
    ),
    words: 4,
  },
  { ...word('VALUE', 0x50, 'read-write', 'what they become; only kind set reads it'), words: 4 },
];

/** The registers of one fault slot of an array whose fault port has so many bits of data: mask and value as wide as that. */
export function faultRegistersOf(dataBits: number): readonly RegisterEntry[] {
  const words = Math.ceil(dataBits / 32);
  return FAULT_REGISTERS.map((entry) => (['MASK', 'VALUE'].includes(entry.name) ? { ...entry, words } : entry));
}

/** What `TYPES` reads for an array of such dtypes. */
export function typeCodes(types: Readonly<Record<'a' | 'b' | 'c', Dtype>>): number {
  const code = (type: Dtype) => DTYPES.indexOf(type);
  return code(types.a) + code(types.b) * 2 ** 8 + code(types.c) * 2 ** 16;
}

/** Find a register's byte address by its name; of a register of more words, that of the given one. */
export function addressOf(name: string, index = 0): number {
  return find(REGISTERS, name).address + 4 * index;
}

/** Find the byte address of a register of a fault slot. */
export function faultAddressOf(slot: number, name: string, index = 0): number {
  return FAULT_BASE + slot * FAULT_STRIDE + find(FAULT_REGISTERS, name).address + 4 * index;
}

/** Make the mask of fields of one register. */
export function fieldMask(register: string, ...fields: readonly string[]): number {
  return fields.reduce((mask, field) => {
    const found = find(REGISTERS, register).fields?.find(({ name }) => name === field);
    if (!found) throw new TypeError(`register ${register} has no field ${field}`);
    return mask + (2 ** found.widthBits - 1) * 2 ** found.bit;
  }, 0);
}

function find(entries: readonly RegisterEntry[], name: string): RegisterEntry {
  const entry = entries.find((candidate) => candidate.name === name);
  if (!entry) throw new TypeError(`the top module has no register ${name}`);
  return entry;
}
