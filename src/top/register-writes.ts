import type { FaultDrive } from '../schedule/beats.ts';
import { addressOf, faultAddressOf, fieldMask, MAP_VERSION, TOP_ID, typeCodes } from './register-map.ts';
import type { TopDesign } from './top-design.ts';

/** A write of 32 bits to a byte address of the AXI4-Lite port. */
export interface RegisterWrite {
  readonly address: number;
  readonly value: number;
}

const NEVER = 2n ** 64n - 1n;

/** The values by which a host recognises the core of this design, by the names of their registers. */
export function identityOf({ design, streamBits }: TopDesign): Readonly<Record<string, number>> {
  const { size, types, faultSlots } = design.spec;
  const hash = BigInt(`0x${design.hash}`);
  return {
    ID: TOP_ID,
    VERSION: MAP_VERSION,
    HASH_LOW: Number(hash & 0xffff_ffffn),
    HASH_HIGH: Number(hash >> 32n),
    N1: size[0],
    N2: size[1],
    N3: size[2],
    TYPES: typeCodes(types),
    STREAM_BITS: streamBits,
    FAULT_SLOTS: faultSlots,
  };
}

/** Clear counters and error flags, and set up the fault slots; those without a fault are switched off. */
export function prepareWrites({ design }: TopDesign, faults: readonly FaultDrive[]): RegisterWrite[] {
  const slots = Array.from({ length: design.spec.faultSlots }, (_, slot) => slot);
  const words = Math.ceil(design.faultPort.dataBits / 32);
  return [
    { address: addressOf('CONTROL'), value: fieldMask('CONTROL', 'ENABLE', 'CLEAR') },
    ...slots.flatMap((slot) => slotWrites(slot, faults[slot], words)),
  ];
}

/** Whether the source goes on after a soft reset. */
export interface SoftResetOptions {
  /** The source has given up the packet that is open: what it sends next begins with a header. */
  readonly forgetPacket?: boolean;
}

/** Forget all tiles and results, end the job, and let tiles start again. */
export function softResetWrite({ forgetPacket = false }: SoftResetOptions = {}): RegisterWrite {
  const fields = forgetPacket ? ['SOFT_RESET', 'FORGET_PACKET'] : ['SOFT_RESET'];
  return { address: addressOf('CONTROL'), value: fieldMask('CONTROL', 'ENABLE', ...fields) };
}

function slotWrites(slot: number, fault: FaultDrive | undefined, words: number): RegisterWrite[] {
  const put = (name: string, value: number, word = 0) => ({ address: faultAddressOf(slot, name, word), value });
  const putWide = (name: string, value: bigint, count: number) =>
    Array.from({ length: count }, (_, n) => put(name, Number((value >> BigInt(32 * n)) & 0xffff_ffffn), n));
  const off = put('ENABLE', 0);
  if (!fault) return [off];
  const first = BigInt(Math.max(0, fault.firstCycle));
  const last = Number.isFinite(fault.lastCycle) ? BigInt(fault.lastCycle) : NEVER;
  if (last < first) return [off];
  return [
    off,
    put('PE', fault.peIndex),
    put('NODE', fault.nodeCode),
    put('KIND', fault.kindCode),
    ...putWide('FIRST', first, 2),
    ...putWide('LAST', last, 2),
    ...putWide('MASK', fault.mask, words),
    ...putWide('VALUE', fault.value, words),
    put('ENABLE', 1),
  ];
}
