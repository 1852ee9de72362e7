/** Beats of a stream as they are: data and tkeep of each in whole bytes, tlast in one. */
export interface StreamBeats {
  readonly data: Uint8Array;
  readonly keep: Uint8Array;
  readonly last: Uint8Array;
}

/** Bytes in which the tkeep of one beat is kept. */
export function keepBytesOf(streamBits: number): number {
  return Math.ceil(streamBits / 64);
}

/** What a register access was answered with. */
export interface RegisterAnswer {
  /** Whether the answer was SLVERR. */
  readonly isError: boolean;
  readonly value: number;
}

/** When to stop running: whichever comes first. */
export interface RunUntil {
  /** So many packets have come out. */
  readonly packets: number;
  /** Neither stream has moved for so many clocks. */
  readonly quietClocks?: number | undefined;
  readonly mostClocks?: number | undefined;
}

/** What has come out while the clock ran. */
export interface RunOutcome {
  /** Beats that have come out, also those of a packet that is not complete. */
  readonly beats: StreamBeats;
  /** Clocks since the reset. */
  readonly clocks: number;
  /** Beats that have been sent and not gone in. */
  readonly waitingBeats: number;
}

/** A way to a top module: a simulation here, a device elsewhere. Calls are carried out in the order in which they are made. */
export interface TopTransport {
  writeRegister(address: number, value: number, strobe?: number): Promise<RegisterAnswer>;
  readRegister(address: number): Promise<RegisterAnswer>;
  /** Put beats behind those that wait to go in. */
  send(beats: StreamBeats): Promise<void>;
  /** Let time pass and take what comes out. */
  run(until: RunUntil): Promise<RunOutcome>;
}
