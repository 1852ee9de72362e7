import { describe, expect, it } from 'vitest';
import { SimulatedTop } from '../../src/backend/simulated-top.ts';
import { TopBackend } from '../../src/backend/top-backend.ts';
import { ProcessError } from '../../src/errors.ts';
import { tensor } from '../../src/tensor/tensor.ts';
import { topDesign } from '../../src/top/top-design.ts';
import { designOf } from '../design/support/arrays.ts';

const top = topDesign(designOf({ size: [2, 2, 2] }), 64);
const job = { a: tensor('int8', [2, 2]), b: tensor('int8', [2, 2]) };

/** A backend whose processes run the given program, and the processes that it has started. */
function backendOver(program: string) {
  const started: SimulatedTop[] = [];
  const start = (): SimulatedTop => {
    const step = { command: process.execPath, args: ['-e', program], cwd: '/' };
    started.push(new SimulatedTop({ top, step, timeoutMs: 30_000 }));
    return started.at(-1)!;
  };
  return { backend: new TopBackend({ top, start }), started };
}

describe('the backend of a top module', () => {
  it('ends a process that still starts when it is closed', async () => {
    const { backend, started } = backendOver('setInterval(() => {}, 1000)');
    const running = backend.matmul(job);
    running.catch(() => {});
    // Until the job's turn has come.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(started).toHaveLength(1);
    await backend.close();
    expect(started[0]!.alive).toBe(false);
    await expect(running).rejects.toThrow(new TypeError('the backend was closed while a job ran'));
  }, 10_000);

  it('keeps no process that does not greet, and starts another one for the next job', async () => {
    const { backend, started } = backendOver('process.stdout.write("x".repeat(64)); setInterval(() => {}, 1000)');
    for (const count of [1, 2]) {
      await expect(backend.matmul(job)).rejects.toThrow(ProcessError);
      expect(started.map(({ alive }) => alive)).toEqual(Array(count).fill(false));
    }
    await backend.close();
  }, 10_000);
});
