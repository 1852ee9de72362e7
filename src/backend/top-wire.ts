import { keepBytesOf, type RunOutcome, type RunUntil, type StreamBeats } from '../top/transport.ts';
import { bytesOf, message } from './wire.ts';

/** The commands of the harness around a top module; `cosim/README.md` describes them. */
const COMMAND = { reset: 11, write: 12, read: 13, send: 14, run: 15 } as const;

/** Bytes of the answers to register accesses, and of the facts before the beats of a run. */
export const ACCESS_BYTES = 8;
const FACTS_BYTES = 24;

const DEFAULT_QUIET_CLOCKS = 1_000_000;
const ENDLESS = 2n ** 62n;

/** How often each side of a simulated top module waits at random, as a share of the clocks. */
export interface Stalls {
  readonly seed: number;
  /** The input stream's tvalid. */
  readonly input: number;
  /** The output stream's tready. */
  readonly output: number;
  /** Every handshake of the register port. */
  readonly registers: number;
  /**
   * In so many clocks after the reset the other side may break the rules: input beats that wait are withdrawn or become
   * others, addresses and data of writes show for a clock, alone or together, and register accesses return
   * something without having taken the answer. None when left out.
   */
  readonly breachClocks?: number | undefined;
}

/** Nothing waits. */
export const NO_STALLS: Stalls = { seed: 0, input: 0, output: 0, registers: 0 };

export function encodeTopReset({ seed, input, output, registers, breachClocks = 0 }: Stalls): Uint8Array[] {
  const of65536 = (share: number) => Math.min(65535, Math.round(share * 65536));
  return message(COMMAND.reset, [
    bytesOf(BigUint64Array.of(BigInt(seed))),
    bytesOf(Uint32Array.of(of65536(input), of65536(output), of65536(registers), breachClocks)),
  ]);
}

export function encodeWrite(address: number, value: number, strobe: number): Uint8Array[] {
  return message(COMMAND.write, [bytesOf(Uint32Array.of(address, value, strobe))]);
}

export function encodeRead(address: number): Uint8Array[] {
  return message(COMMAND.read, [bytesOf(Uint32Array.of(address))]);
}

export function encodeSend({ data, keep, last }: StreamBeats): Uint8Array[] {
  return message(COMMAND.send, [bytesOf(Uint32Array.of(last.length)), data, keep, last]);
}

export function encodeRun({ packets, quietClocks = DEFAULT_QUIET_CLOCKS, mostClocks }: RunUntil): Uint8Array[] {
  return message(COMMAND.run, [
    bytesOf(Uint32Array.of(Math.min(packets, 2 ** 32 - 1))),
    bytesOf(BigUint64Array.of(BigInt(quietClocks), mostClocks === undefined ? ENDLESS : BigInt(mostClocks))),
  ]);
}

/** Tell whether the answer to a run can have that many bytes. */
export function isRunLength(bytes: number, streamBits: number): boolean {
  return bytes >= FACTS_BYTES && (bytes - FACTS_BYTES) % beatBytes(streamBits) === 0;
}

export function decodeRun(payload: Uint8Array, streamBits: number): RunOutcome {
  const facts = new DataView(payload.buffer, payload.byteOffset, FACTS_BYTES);
  // A plain view: slices of a Buffer would share its memory.
  const bytes = new Uint8Array(payload.buffer, payload.byteOffset, payload.length);
  const count = Number(facts.getBigUint64(16, true));
  const dataEnd = FACTS_BYTES + (count * streamBits) / 8;
  const keepEnd = dataEnd + count * keepBytesOf(streamBits);
  return {
    clocks: Number(facts.getBigUint64(0, true)),
    waitingBeats: Number(facts.getBigUint64(8, true)),
    beats: {
      data: bytes.subarray(FACTS_BYTES, dataEnd),
      keep: bytes.subarray(dataEnd, keepEnd),
      last: bytes.subarray(keepEnd, keepEnd + count),
    },
  };
}

function beatBytes(streamBits: number): number {
  return streamBits / 8 + keepBytesOf(streamBits) + 1;
}
