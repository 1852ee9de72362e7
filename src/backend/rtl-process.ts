import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FileError } from '../errors.ts';
import type { BeatSegment } from '../schedule/beats.ts';
import type { Machine, MachineJob, MachineRun } from '../sim/machine.ts';
import { traceCycleBytes } from '../sim/stores.ts';
import { HarnessProcess } from './harness-process.ts';
import { checkFaultSlots } from './job.ts';
import { laneBytes, type MachineDesign } from './machine-design.ts';
import type { Step } from './process.ts';
import { decodeFired, encodeEnd, encodeReset, encodeSegment, totalBytes } from './wire.ts';

/** A job whose segments may also come one by one from elsewhere. */
export interface RtlJob extends Omit<MachineJob, 'segments'> {
  readonly segments: AsyncIterable<BeatSegment> | Iterable<BeatSegment>;
}

export interface RtlMachineOptions {
  readonly design: MachineDesign;
  readonly trace: boolean;
  readonly step: Step;
  readonly timeoutMs?: number | undefined;
}

const TIMEOUT_MS = 60_000;

/**
 * A grid in simulation that takes one job after another. It holds a process, which is started by the first job, kept
 * for the next ones, and replaced when a job has failed.
 */
export class RtlMachine implements Machine {
  readonly #options: RtlMachineOptions;
  #process: HarnessProcess | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: RtlMachineOptions) {
    this.#options = options;
  }

  /**
   * Run a job; jobs that are given at the same time run one after another.
   * @throws {ProcessError} if the process crashes, hangs or answers nonsense, {FaultError} for more faults than slots,
   * {FileError} if the waveform cannot be written, and the signal's reason if the job is aborted.
   */
  run(job: RtlJob): Promise<MachineRun> {
    const result = this.#queue.then(() => this.#runNext(job));
    this.#queue = result.catch(() => {});
    return result;
  }

  /** End the process; a job that runs fails. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#process?.kill();
    this.#process = null;
    await this.#queue;
  }

  async #runNext(job: RtlJob): Promise<MachineRun> {
    if (this.#closed) throw new TypeError('the machine is closed');
    job.signal?.throwIfAborted();
    await this.#check(job);
    const process = this.#process?.alive
      ? this.#process
      : new HarnessProcess({ timeoutMs: TIMEOUT_MS, ...this.#given() });
    const isNew = process !== this.#process;
    this.#process = process;
    const abort = (): void => void process.kill();
    job.signal?.addEventListener('abort', abort, { once: true });
    process.keepsNodeAlive(true);
    try {
      if (isNew) await process.greeted();
      return await this.#exchange(process, job);
    } catch (error) {
      // Nobody knows what the process is doing now.
      this.#process = null;
      await process.kill();
      job.signal?.throwIfAborted();
      if (this.#closed) throw new TypeError('the machine was closed while a job ran', { cause: error });
      throw error;
    } finally {
      job.signal?.removeEventListener('abort', abort);
      process.keepsNodeAlive(false);
    }
  }

  #given(): Omit<RtlMachineOptions, 'timeoutMs'> & { timeoutMs?: number } {
    const { timeoutMs, ...rest } = this.#options;
    return timeoutMs === undefined ? rest : { ...rest, timeoutMs };
  }

  async #exchange(process: HarnessProcess, job: RtlJob): Promise<MachineRun> {
    const { design } = this.#options;
    const trace = job.trace ?? false;
    const samples: Uint8Array[] = [];
    const registers: Uint8Array[] = [];
    const receive = async (segment: BeatSegment): Promise<void> => {
      const traced = trace ? traceCycleBytes(design) * segment.cycles : 0;
      let got = 0;
      for (;;) {
        const { kind, payload } = await process.answer({
          registers: (bytes) => got + bytes <= traced,
          ...(got === traced && { samples: segment.sampleCycle.length * laneBytes(design) }),
        });
        if (kind === 'samples') {
          samples.push(payload);
          return;
        }
        registers.push(payload);
        got += payload.length;
      }
    };

    const vcdPath = job.vcdPath === undefined ? null : resolve(job.vcdPath);
    let sent = process.send(encodeReset(design, { faults: job.faults, trace, vcdPath }));
    // The next segment is produced and sent while the last one runs, so that neither side waits for the other.
    let received = Promise.resolve();
    for await (const segment of job.segments) {
      await sent;
      sent = process.send(encodeSegment(segment));
      await received;
      received = receive(segment);
      // It is awaited in the next round; until then a failure must not count as unhandled.
      received.catch(() => {});
    }
    await sent;
    void process.send(encodeEnd());
    await received;
    const fired = await process.answer({ fired: design.spec.faultSlots * 8 });
    return {
      samples: joined(samples),
      firedCycles: decodeFired(fired.payload).slice(0, job.faults.length),
      registers: trace ? joined(registers) : null,
    };
  }

  async #check({ faults, trace, vcdPath }: RtlJob): Promise<void> {
    const { design, trace: traceBuild } = this.#options;
    checkFaultSlots(design, 'rtl', faults.length);
    if ((trace || vcdPath !== undefined) && !traceBuild) {
      throw new TypeError('registers and waveforms need a machine that was opened with trace');
    }
    if (vcdPath === undefined) return;
    try {
      await writeFile(vcdPath, '');
    } catch (error) {
      throw new FileError(`cannot write the waveform ${vcdPath}: ${(error as Error).message}`, { cause: error });
    }
  }
}

/** Join chunks in storage of their own, so that a caller may look at it as an array of wider numbers. */
function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(totalBytes(chunks));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
