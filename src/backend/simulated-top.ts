import type { TopDesign } from '../top/top-design.ts';
import type { RegisterAnswer, RunOutcome, RunUntil, StreamBeats, TopTransport } from '../top/transport.ts';
import { HarnessProcess } from './harness-process.ts';
import type { Step } from './process.ts';
import {
  ACCESS_BYTES,
  decodeRun,
  encodeRead,
  encodeRun,
  encodeSend,
  encodeTopReset,
  encodeWrite,
  isRunLength,
  NO_STALLS,
  type Stalls,
} from './top-wire.ts';

export interface SimulatedTopOptions {
  readonly top: TopDesign;
  readonly step: Step;
  readonly timeoutMs?: number | undefined;
}

const TIMEOUT_MS = 60_000;

/**
 * A top module in simulation, in a process of its own. The harness watches the rules of both protocols; where the module
 * breaks one, the next call throws a ProcessError whose stderr says which.
 */
export class SimulatedTop implements TopTransport {
  readonly #top: TopDesign;
  readonly #process: HarnessProcess;
  #queue: Promise<unknown>;

  constructor({ top, step, timeoutMs = TIMEOUT_MS }: SimulatedTopOptions) {
    this.#top = top;
    this.#process = new HarnessProcess({ design: top.design, trace: false, step, timeoutMs });
    this.#queue = this.#process.greeted();
    // Whoever calls first hears of it.
    this.#queue.catch(() => {});
    this.#process.keepsNodeAlive(false);
  }

  get alive(): boolean {
    return this.#process.alive;
  }

  /** Reset the module, forget all beats, and choose how often each side waits from now on. */
  reset(stalls: Stalls = NO_STALLS): Promise<void> {
    return this.#inTurn(() => this.#process.send(encodeTopReset(stalls)));
  }

  writeRegister(address: number, value: number, strobe = 0xf): Promise<RegisterAnswer> {
    return this.#access(encodeWrite(address, value, strobe));
  }

  readRegister(address: number): Promise<RegisterAnswer> {
    return this.#access(encodeRead(address));
  }

  send(beats: StreamBeats): Promise<void> {
    return this.#inTurn(() => this.#process.send(encodeSend(beats)));
  }

  run(until: RunUntil): Promise<RunOutcome> {
    const { streamBits } = this.#top;
    return this.#inTurn(async () => {
      void this.#process.send(encodeRun(until));
      const { payload } = await this.#process.answer({ beats: (bytes) => isRunLength(bytes, streamBits) });
      return decodeRun(payload, streamBits);
    });
  }

  /** End the process. */
  async close(): Promise<void> {
    await this.#process.kill();
    await this.#queue.catch(() => {});
  }

  #access(command: readonly Uint8Array[]): Promise<RegisterAnswer> {
    return this.#inTurn(async () => {
      void this.#process.send(command);
      const { payload } = await this.#process.answer({ access: ACCESS_BYTES });
      const words = new DataView(payload.buffer, payload.byteOffset, ACCESS_BYTES);
      return { isError: words.getUint32(0, true) !== 0, value: words.getUint32(4, true) };
    });
  }

  /** Commands go one after another; after one that failed none is carried out. */
  #inTurn<T>(command: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(async () => {
      this.#process.keepsNodeAlive(true);
      try {
        return await command();
      } finally {
        this.#process.keepsNodeAlive(false);
      }
    });
    this.#queue = result;
    result.catch(() => {});
    return result;
  }
}
