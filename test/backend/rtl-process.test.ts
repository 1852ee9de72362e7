import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { RtlMachine } from '../../src/backend/rtl-process.ts';
import { FaultError, FileError, ProcessError } from '../../src/errors.ts';
import { lattice, latticeSegments, randomSource } from './support/lattice.ts';

const FAKE = fileURLToPath(new URL('fixtures/fake-harness.mjs', import.meta.url));
const segments = latticeSegments(randomSource(1), [4]);
const machines: RtlMachine[] = [];

function fakeMachine(mode: string): RtlMachine {
  const step = { command: process.execPath, args: [FAKE, mode], cwd: '/' };
  const machine = new RtlMachine({ design: lattice, trace: false, step, timeoutMs: 1_000 });
  machines.push(machine);
  return machine;
}

function failureOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => Promise.reject(new Error('nothing failed')),
    (error) => error,
  );
}

afterEach(async () => {
  for (const machine of machines.splice(0)) await machine.close();
});

describe('a simulation process that does not do its work', () => {
  const command = `${process.execPath} ${FAKE}`;
  it.each([
    ['crash', `the simulation process crashed (${command} crash, signal SIGSEGV, in /): about to crash`],
    ['exit', `the simulation process ended before it had answered (${command} exit, exit code 7, in /): cannot go on`],
    ['slow-exit', `the simulation process ended before it had answered (${command} slow-exit, exit code 8, in /)`],
    ['leave', `the simulation process ended before it had answered (${command} leave, exit code 0, in /)`],
    ['hang', `the simulation process made no progress for 1 s (${command} hang, no exit, in /)`],
    ['silent', `the simulation process made no progress for 1 s (${command} silent, no exit, in /)`],
    [
      'garbage',
      `the simulation process answered with something that is not an answer: ${Buffer.from('this is no answe').toString('hex')} (${command} garbage, no exit, in /)`,
    ],
    [
      'long-answer',
      `the simulation process answered with something that is not an answer: 67000000000000000000004000000000 (${command} long-answer, no exit, in /)`,
    ],
    ['stranger', `the simulation process does not greet like a harness (${command} stranger, no exit, in /)`],
    [
      'other-design',
      `the simulation process was built for design fedcba9876543210 (protocol 1), not for 0123456789abcdef (protocol 1) (${command} other-design, no exit, in /)`,
    ],
  ])('%s is an error that tells all', async (mode, sentence) => {
    const error = await failureOf(fakeMachine(mode).run({ segments, faults: [] }));
    expect(error).toBeInstanceOf(ProcessError);
    expect(error.message).toBe(sentence);
  });

  it('is named when it cannot even be started', async () => {
    const step = { command: '/nowhere/machine', args: [], cwd: '/' };
    const machine = new RtlMachine({ design: lattice, trace: false, step });
    const error = await failureOf(machine.run({ segments, faults: [] }));
    expect(error.message).toMatch(
      /^the simulation process could not be started: .*ENOENT.* \(\/nowhere\/machine, no exit, in \/\)$/,
    );
  });

  it('fails each of the jobs that wait for it on its own', async () => {
    const machine = fakeMachine('exit');
    const errors = await Promise.all([1, 2, 3].map(() => failureOf(machine.run({ segments, faults: [] }))));
    expect(errors.map((error) => (error as ProcessError).failure.exitCode)).toEqual([7, 7, 7]);
  });
});

describe('a job that cannot run', () => {
  it('is refused when it has more faults than slots', async () => {
    const fault = { peIndex: 0, nodeCode: 0, kindCode: 0, mask: 1n, value: 0n, firstCycle: 0, lastCycle: 0 };
    const error = await failureOf(fakeMachine('hang').run({ segments, faults: [fault, fault, fault] }));
    expect(error).toBeInstanceOf(FaultError);
    expect(error.message).toBe(
      'the RTL of array lattice takes as many faults at once as it has fault slots, 2, received 3; "fault_slots 3" in the array makes room',
    );
  });

  it('is refused when its waveform cannot be written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'espalier-vcd-'));
    const step = { command: process.execPath, args: [FAKE, 'hang'], cwd: '/' };
    const machine = new RtlMachine({ design: lattice, trace: true, step });
    const vcdPath = join(folder, 'missing', 'wave.vcd');
    const error = await failureOf(machine.run({ segments, faults: [], vcdPath }));
    expect(error).toBeInstanceOf(FileError);
    expect(error.message).toBe(
      `cannot write the waveform ${vcdPath}: ENOENT: no such file or directory, open '${vcdPath}'`,
    );
    rmSync(folder, { recursive: true });
  });

  it('ends with the reason of its signal, before it starts and while it runs', async () => {
    const machine = fakeMachine('hang');
    const reason = new Error('enough');
    expect(await failureOf(machine.run({ segments, faults: [], signal: AbortSignal.abort(reason) }))).toBe(reason);
    const controller = new AbortController();
    const running = failureOf(machine.run({ segments, faults: [], signal: controller.signal }));
    setTimeout(() => controller.abort(reason), 200);
    expect(await running).toBe(reason);
  });

  it('hands on the error of what produces its segments', async () => {
    async function* broken() {
      yield* segments;
      throw new RangeError('no more operands');
    }
    const error = await failureOf(fakeMachine('hang').run({ segments: broken(), faults: [] }));
    expect(error.message).toBe('no more operands');
  });

  it('fails when the machine is closed under it', async () => {
    const machine = fakeMachine('hang');
    const running = failureOf(machine.run({ segments, faults: [] }));
    setTimeout(() => void machine.close(), 200);
    expect((await running).message).toBe('the machine was closed while a job ran');
  });
});
