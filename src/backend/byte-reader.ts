import type { Readable } from 'node:stream';

/** Why bytes that were asked for will not come. */
export class NoBytes extends Error {
  readonly reason: 'end' | 'timeout';

  constructor(reason: 'end' | 'timeout') {
    super(reason);
    this.reason = reason;
  }
}

const HIGH_WATER_BYTES = 1 << 20;

/** Reads a stream in pieces of known length. The stream is paused while much of it lies unread. */
export class ByteReader {
  readonly #stream: Readable;
  readonly #timeoutMs: number;
  readonly #chunks: Uint8Array[] = [];
  #buffered = 0;
  #ended = false;
  #wake: (() => void) | null = null;

  /** @param timeoutMs how long a read waits while nothing at all arrives */
  constructor(stream: Readable, timeoutMs: number) {
    this.#stream = stream;
    this.#timeoutMs = timeoutMs;
    stream.on('data', (chunk: Uint8Array) => {
      this.#chunks.push(chunk);
      this.#buffered += chunk.length;
      if (this.#buffered > HIGH_WATER_BYTES) stream.pause();
      this.#wake?.();
    });
    const end = (): void => {
      this.#ended = true;
      this.#wake?.();
    };
    stream.on('end', end).on('close', end).on('error', end);
  }

  /**
   * Read exactly `count` bytes.
   * @throws {NoBytes} if the stream ends first or stays silent for too long.
   */
  async read(count: number): Promise<Uint8Array> {
    const whole = this.#chunks[0];
    if (whole && whole.length >= count) return this.#takeFrom(whole, count);
    const bytes = new Uint8Array(count);
    for (let done = 0; done < count; ) {
      const chunk = this.#chunks[0];
      if (!chunk) {
        if (this.#ended) throw new NoBytes('end');
        await this.#arrival();
        continue;
      }
      const piece = this.#takeFrom(chunk, Math.min(chunk.length, count - done));
      bytes.set(piece, done);
      done += piece.length;
    }
    return bytes;
  }

  #takeFrom(chunk: Uint8Array, count: number): Uint8Array {
    if (count === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(count);
    this.#buffered -= count;
    return chunk.subarray(0, count);
  }

  #arrival(): Promise<void> {
    this.#stream.resume();
    return new Promise((resolve, reject) => {
      const settle = (settled: () => void): void => {
        clearTimeout(timer);
        this.#wake = null;
        settled();
      };
      // Timers run before input: after this process itself was busy for long, what has arrived meanwhile comes first.
      const timer = setTimeout(
        () => setTimeout(() => this.#wake && settle(() => reject(new NoBytes('timeout'))), 10),
        this.#timeoutMs,
      );
      this.#wake = () => settle(resolve);
    });
  }
}
