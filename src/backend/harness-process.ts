import { ProcessError } from '../errors.ts';
import { ByteReader, NoBytes } from './byte-reader.ts';
import type { MachineDesign } from './machine-design.ts';
import { commandLine, type LiveProcess, type Step, start, tail } from './process.ts';
import {
  type AnswerKind,
  decodeGreeting,
  decodeHeader,
  GREETING_BYTES,
  HEADER_BYTES,
  PROTOCOL_VERSION,
} from './wire.ts';

export interface HarnessOptions {
  readonly design: MachineDesign;
  readonly trace: boolean;
  readonly step: Step;
  /** How long the process may stay silent while an answer is due. */
  readonly timeoutMs: number;
}

const STDERR_KEPT = 8192;
const LAST_WORDS_MS = 1_000;

/**
 * One running simulation process: greeting, messages out, answers in. Every failure is a ProcessError, after which the
 * process is gone.
 */
export class HarnessProcess {
  readonly #options: HarnessOptions;
  readonly #process: LiveProcess;
  readonly #answers: ByteReader;
  #stderr = '';
  #alive = true;

  /** Start the process; `greeted` must be awaited before anything else. */
  constructor(options: HarnessOptions) {
    this.#options = options;
    this.#process = start(options.step);
    const { stdin, stdout, stderr } = this.#process;
    this.#answers = new ByteReader(stdout, options.timeoutMs);
    stderr.on('data', (chunk: Uint8Array) => {
      this.#stderr = (this.#stderr + Buffer.from(chunk).toString()).slice(-STDERR_KEPT);
    });
    // Writing to a dead process is not the error to report: the missing answer is.
    stdin.on('error', () => {});
    this.#process.nodeChildProcess.once('exit', () => {
      this.#alive = false;
    });
    void this.#process.then(() => {
      this.#alive = false;
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Check that the process is the harness of this very design. */
  async greeted(): Promise<void> {
    const { design, trace } = this.#options;
    const greeting = decodeGreeting(await this.#read(GREETING_BYTES));
    if (greeting === null) throw await this.fail('the simulation process does not greet like a harness');
    if (
      greeting.version !== PROTOCOL_VERSION ||
      greeting.hash !== design.hash ||
      greeting.trace !== trace ||
      greeting.faultSlots !== design.spec.faultSlots
    ) {
      throw await this.fail(
        `the simulation process was built for design ${greeting.hash} (protocol ${greeting.version}), not for ${design.hash} (protocol ${PROTOCOL_VERSION})`,
      );
    }
  }

  /** Write a message; resolves when the process has room for more. */
  async send(chunks: readonly Uint8Array[]): Promise<void> {
    const { stdin } = this.#process;
    if (!stdin.writable) return;
    stdin.cork();
    for (const chunk of chunks) stdin.write(chunk);
    stdin.uncork();
    if (!stdin.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        stdin.off('drain', done).off('close', done);
        resolve();
      };
      stdin.once('drain', done).once('close', done);
    });
  }

  /**
   * Read the next answer that is more than a sign of life.
   * @param expected for each kind that may come the payload's length: exact, or as a test
   */
  async answer(expected: Partial<Record<AnswerKind, number | ((bytes: number) => boolean)>>): Promise<{
    readonly kind: AnswerKind;
    readonly payload: Uint8Array;
  }> {
    for (;;) {
      const bytes = await this.#read(HEADER_BYTES);
      const header = decodeHeader(bytes);
      const rule = header && { progress: 8, ...expected }[header.kind];
      const fits = typeof rule === 'function' ? rule(header!.payloadBytes) : rule === header?.payloadBytes;
      if (!header || !fits) {
        throw await this.fail(
          `the simulation process answered with something that is not an answer: ${Buffer.from(bytes).toString('hex')}`,
        );
      }
      const payload = await this.#read(header.payloadBytes);
      if (header.kind !== 'progress') return { kind: header.kind, payload };
    }
  }

  /** Whether Node stays alive for the process: only while a job runs. */
  keepsNodeAlive(yes: boolean): void {
    const method = yes ? 'ref' : 'unref';
    const { stdin, stdout, stderr } = this.#process;
    this.#process.nodeChildProcess[method]();
    for (const pipe of [stdin, stdout, stderr]) (pipe as unknown as { ref(): void; unref(): void })[method]();
  }

  /** End the process and make the error that tells why. */
  async fail(what: string): Promise<ProcessError> {
    await this.kill();
    return this.#error(what, {});
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#process;
  }

  async #read(count: number): Promise<Uint8Array> {
    try {
      return await this.#answers.read(count);
    } catch (error) {
      if (!(error instanceof NoBytes)) throw error;
      if (error.reason === 'timeout') {
        throw await this.fail(`the simulation process made no progress for ${this.#options.timeoutMs / 1000} s`);
      }
      throw await this.#ended();
    }
  }

  /** The process closed its output: tell how it ended. */
  async #ended(): Promise<ProcessError> {
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), LAST_WORDS_MS);
    const { exitCode, signal, failed, originalMessage } = await this.#process;
    clearTimeout(timer);
    if (exitCode === undefined && signal === undefined && failed) {
      return this.#error(`the simulation process could not be started: ${originalMessage}`, {});
    }
    const what = signal === undefined ? 'ended before it had answered' : 'crashed';
    return this.#error(`the simulation process ${what}`, { exitCode, signal });
  }

  #error(what: string, end: { exitCode?: number | undefined; signal?: string | undefined }): ProcessError {
    const { step } = this.#options;
    return new ProcessError(what, {
      command: commandLine(step),
      cwd: step.cwd,
      ...end,
      stderrTail: tail(this.#stderr),
    });
  }
}
