import { endianness } from 'node:os';
import type { BeatSegment, FaultDrive } from '../schedule/beats.ts';
import type { MachineDesign } from './machine-design.ts';

/**
 * The binary protocol of the C++ harness; `cosim/README.md` describes it. Messages are lists of chunks, so that a
 * segment's frames are written from where they are.
 */
export const PROTOCOL_VERSION = 1;

export const ANSWER = { progress: 101, registers: 102, samples: 103, fired: 104, access: 105, beats: 106 } as const;

export type AnswerKind = keyof typeof ANSWER;

export const HEADER_BYTES = 16;
export const GREETING_BYTES = 40;

const COMMAND = { reset: 1, segment: 2, end: 3 } as const;
const MAGIC = 'ESPALIER';
const HASH_BYTES = 16;
const TRACE_FLAG = 1;
const NEVER = 0xffff_ffff_ffff_ffffn;

export interface ResetOptions {
  readonly faults: readonly FaultDrive[];
  readonly trace: boolean;
  readonly vcdPath: string | null;
}

/** Clear the machine and set the fault slots up; slots without a fault get an empty window. */
export function encodeReset(design: MachineDesign, options: ResetOptions): Uint8Array[] {
  const { faults, trace, vcdPath } = options;
  const { faultPort } = design;
  const slots = design.spec.faultSlots;
  const path = new TextEncoder().encode(vcdPath ?? '');
  const windows = new BigUint64Array(slots * 2);
  for (let slot = 0; slot < slots; slot++) {
    const fault = faults[slot];
    const acts = fault && fault.lastCycle >= Math.max(0, fault.firstCycle);
    windows[slot * 2] = acts ? cycleNumber(fault.firstCycle) : NEVER;
    windows[slot * 2 + 1] = acts ? cycleNumber(fault.lastCycle) : 0n;
  }
  const packed = (bits: number, field: (fault: FaultDrive) => bigint): Uint8Array =>
    pack(faults.map(field), slots, bits);
  return message(COMMAND.reset, [
    bytesOf(Uint32Array.of(trace ? TRACE_FLAG : 0, path.length)),
    path,
    bytesOf(Uint32Array.of(slots)),
    bytesOf(windows),
    packed(faultPort.peBits, (fault) => BigInt(fault.peIndex)),
    packed(faultPort.nodeBits, (fault) => BigInt(fault.nodeCode)),
    packed(2, (fault) => BigInt(fault.kindCode)),
    packed(faultPort.dataBits, (fault) => fault.mask),
    packed(faultPort.dataBits, (fault) => fault.value),
  ]);
}

/** Run a stretch of cycles. */
export function encodeSegment(segment: BeatSegment): Uint8Array[] {
  const head = new DataView(new ArrayBuffer(24));
  head.setBigUint64(0, BigInt(segment.firstCycle), true);
  head.setUint32(8, segment.cycles, true);
  head.setUint32(12, segment.sampleCycle.length, true);
  head.setUint32(16, segment.returnCycle.length, true);
  const { sampleCycle, sampleLane, returnCycle, returnLane, returnSample } = segment;
  return message(COMMAND.segment, [
    bytesOf(head),
    ...segment.frames,
    ...[sampleCycle, sampleLane, returnCycle, returnLane, returnSample].map(bytesOf),
  ]);
}

/** Close the job and ask how often each fault slot fired. */
export function encodeEnd(): Uint8Array[] {
  return message(COMMAND.end, []);
}

export interface Greeting {
  readonly version: number;
  readonly hash: string;
  readonly trace: boolean;
  readonly faultSlots: number;
}

/** Read what a harness says first; null if something else is talking. */
export function decodeGreeting(bytes: Uint8Array): Greeting | null {
  const text = (start: number, end: number): string =>
    Buffer.from(bytes.subarray(start, end)).toString('latin1').replaceAll('\0', '');
  if (text(0, MAGIC.length) !== MAGIC) return null;
  const facts = view(bytes, MAGIC.length + HASH_BYTES);
  return {
    version: facts.getUint32(0, true),
    hash: text(MAGIC.length, MAGIC.length + HASH_BYTES),
    trace: facts.getUint32(4, true) === 1,
    faultSlots: facts.getUint32(8, true),
  };
}

/** Read the header of an answer; null if it is not one. */
export function decodeHeader(bytes: Uint8Array): { readonly kind: AnswerKind; readonly payloadBytes: number } | null {
  const header = view(bytes, 0);
  const code = header.getUint32(0, true);
  const kind = (Object.keys(ANSWER) as AnswerKind[]).find((name) => ANSWER[name] === code);
  const payloadBytes = Number(header.getBigUint64(8, true));
  return kind && header.getUint32(4, true) === 0 && Number.isSafeInteger(payloadBytes) ? { kind, payloadBytes } : null;
}

/** Read the answer to an end: for each fault slot the cycles in which it fired. */
export function decodeFired(payload: Uint8Array): number[] {
  const counts = view(payload, 0);
  return Array.from({ length: payload.length / 8 }, (_, slot) => Number(counts.getBigUint64(slot * 8, true)));
}

/** Number of bytes of a message or list of chunks. */
export function totalBytes(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}

/** Put a header before a payload. */
export function message(kind: number, payload: readonly Uint8Array[]): Uint8Array[] {
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  header.setUint32(0, kind, true);
  header.setBigUint64(8, BigInt(totalBytes(payload)), true);
  return [bytesOf(header), ...payload.filter((chunk) => chunk.length > 0)];
}

/** Put values side by side, `bits` each, the first in the least significant bits; little-endian, whole bytes. */
function pack(values: readonly bigint[], slots: number, bits: number): Uint8Array {
  let word = 0n;
  for (const [slot, value] of values.entries()) word |= BigInt.asUintN(bits, value) << BigInt(slot * bits);
  const bytes = new Uint8Array(Math.ceil((slots * bits) / 8));
  for (let at = 0; at < bytes.length; at++, word >>= 8n) bytes[at] = Number(word & 0xffn);
  return bytes;
}

function cycleNumber(cycle: number): bigint {
  return Number.isFinite(cycle) ? BigInt(Math.max(0, cycle)) : NEVER;
}

/** Look at numbers as the bytes that go over the wire. */
export function bytesOf(array: ArrayBufferView): Uint8Array {
  if (endianness() !== 'LE') throw new TypeError('the harness protocol is little-endian, as this host is not');
  return new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength);
}

function view(bytes: Uint8Array, offset: number): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + offset, bytes.byteLength - offset);
}
