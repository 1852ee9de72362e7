import type { Design } from '../design/design.ts';
import { driveFault } from '../fault/resolve.ts';
import { TopDriver } from '../top/driver.ts';
import { runTopJob } from '../top/run-job.ts';
import { type TopDesign, topPlanning } from '../top/top-design.ts';
import type { Backend, MatmulJob, MatmulResult, RunOptions } from './backend.ts';
import { checkFaultSlots, prepareJob } from './job.ts';
import type { SimulatedTop } from './simulated-top.ts';
import { NO_STALLS, type Stalls } from './top-wire.ts';

export interface TopBackendOptions {
  readonly top: TopDesign;
  /** Start a process of the simulated top module. */
  readonly start: () => SimulatedTop;
  /** How often each side waits at random; never when left out. */
  readonly stalls?: Stalls | undefined;
}

/**
 * A backend that drives the simulated top module through its streams and registers. It holds a process, which is started by
 * the first job, kept for the next ones, and replaced when a job has failed.
 */
export class TopBackend implements Backend {
  readonly kind = 'top';
  readonly design: Design;
  readonly #options: TopBackendOptions;
  #open: { readonly simulation: SimulatedTop; readonly driver: TopDriver } | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: TopBackendOptions) {
    this.#options = options;
    this.design = options.top.design;
  }

  async matmul(job: MatmulJob, options: RunOptions = {}): Promise<MatmulResult> {
    options.signal?.throwIfAborted();
    checkFaultSlots(this.design, this.kind, options.faults?.length ?? 0);
    const result = this.#queue.then(() => this.#run(job, options));
    this.#queue = result.catch(() => {});
    return result;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#open?.simulation.close();
    await this.#queue;
  }

  async #run(job: MatmulJob, { faults = [], signal, onProgress }: RunOptions): Promise<MatmulResult> {
    if (this.#closed) throw new TypeError('the backend is closed');
    signal?.throwIfAborted();
    const { design } = this;
    const { operands, plan, stats } = prepareJob(design, job, topPlanning(design));
    const drives = faults.map((fault) => driveFault(design, plan, fault));
    const { simulation, driver } = await this.#opened();
    signal?.throwIfAborted();
    const abort = (): void => void simulation.close();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await driver.prepare(drives);
      const withC = job.c !== undefined;
      const result = await runTopJob(this.#options.top, driver, { plan, operands, withC, onProgress });
      const fired = await driver.readFired();
      return { result, faults: faults.map((fault, n) => ({ fault, firedCycles: fired[n]! })), stats };
    } catch (error) {
      // Nobody knows what the core is doing now.
      this.#open = null;
      await simulation.close();
      signal?.throwIfAborted();
      if (this.#closed) throw new TypeError('the backend was closed while a job ran', { cause: error });
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  async #opened() {
    if (this.#open?.simulation.alive) return this.#open;
    const { top, start, stalls = NO_STALLS } = this.#options;
    const simulation = start();
    const driver = new TopDriver(top, simulation);
    // Remembered at once, so that closing the backend ends a process that still starts.
    this.#open = { simulation, driver };
    try {
      await simulation.reset(stalls);
      await driver.identify();
    } catch (error) {
      this.#open = null;
      await simulation.close();
      if (this.#closed) throw new TypeError('the backend was closed while a job ran', { cause: error });
      throw error;
    }
    return this.#open;
  }
}
