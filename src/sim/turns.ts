import { setImmediate } from 'node:timers/promises';

/** How long a computation may keep the event loop to itself. */
const TURN_MS = 50;

/** Lets a long computation give way to the event loop now and then, so that signals and timers come through. */
export class Turns {
  readonly #signal: AbortSignal | undefined;
  #due = performance.now() + TURN_MS;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  /** Whether it is time to give way; asking costs little. */
  get due(): boolean {
    return performance.now() >= this.#due;
  }

  /** Give way. @throws the signal's reason if it has been aborted. */
  async take(): Promise<void> {
    await setImmediate();
    this.#signal?.throwIfAborted();
    this.#due = performance.now() + TURN_MS;
  }
}
