import { moduleNames } from '../design/design.ts';
import { FAULT_KINDS } from '../fault/fault.ts';
import {
  ADDRESS_BITS,
  FAULT_BASE,
  FAULT_STRIDE,
  faultRegistersOf,
  REGISTERS,
  type RegisterEntry,
  type RegisterField,
} from '../top/register-map.ts';
import { registerTable } from '../top/register-table.ts';
import { identityOf } from '../top/register-writes.ts';
import { GAP_BITS, HEADER_FIELDS, tileHeader } from '../top/tile-header.ts';
import type { TopDesign } from '../top/top-design.ts';

/** What the templates of the register map print, as a page and as a C header. */
export function registerView(top: TopDesign) {
  const { design, streamBits, beats, lastBytes, burst, intervalCycles, returnGapCycles } = top;
  const { name, hash, toolVersion, spec, faultSites, faultPort } = design;
  const prefix = name.toUpperCase();
  const slots = spec.faultSlots;
  const faultRegisters = slots === 0 ? null : faultRegistersOf(faultPort.dataBits);
  return {
    name,
    hash,
    toolVersion,
    topModule: moduleNames(design).top,
    prefix,
    addressBits: ADDRESS_BITS,
    registers: REGISTERS.map((entry) => entryView(entry, prefix)),
    registerTable: registerTable(REGISTERS),
    streamBits,
    beats,
    lastBytes,
    burst,
    intervalCycles,
    returnGapCycles,
    identity: Object.entries(identityOf(top)).map(([register, value]) => ({
      macro: `${prefix}_${register}_VALUE`,
      value: hex(value),
    })),
    emptyHeader: hex(tileHeader({ last: false, gapCycles: 0 }, false)),
    gapBits: GAP_BITS,
    headerFields: HEADER_FIELDS.map((field) => fieldView(field, `${prefix}_HEADER`)),
    faultSlots: slots,
    faultBase: hex(FAULT_BASE),
    faultStride: hex(FAULT_STRIDE),
    faultRegisters: faultRegisters?.map((entry) => entryView(entry, `${prefix}_FAULT`)),
    faultTable: faultRegisters ? registerTable(faultRegisters) : '',
    kinds: FAULT_KINDS.map((kind, code) => `${code} ${kind}`).join(', '),
    nodes: faultSites.map(({ node, code }) => `${code} ${node}`).join(', '),
    kindCodes: FAULT_KINDS.map((kind, code) => ({ macro: `${prefix}_KIND_${kind.toUpperCase()}`, code })),
    nodeCodes: faultSites.map(({ node, code }) => ({ macro: `${prefix}_NODE_${node.toUpperCase()}`, code })),
  };
}

function entryView({ name, address, words, access, does, fields = [] }: RegisterEntry, prefix: string) {
  const macro = `${prefix}_${name}`;
  return {
    address: hex(address),
    access,
    does,
    macro,
    extraWords: Array.from({ length: words - 1 }, (_, n) => ({
      macro: `${macro}_${n + 1}`,
      address: hex(address + 4 * (n + 1)),
    })),
    fields: fields.map((field) => fieldView(field, macro)),
  };
}

function fieldView({ name, bit, widthBits, does }: RegisterField, prefix: string) {
  return {
    bit,
    mask: hex((2 ** widthBits - 1) * 2 ** bit),
    does,
    macro: `${prefix}_${name}`,
  };
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(3, '0')}`;
}
