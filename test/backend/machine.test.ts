import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ARCHITECTURES, type Architecture } from '../../src/backend/machine-design.ts';
import { openMachine } from '../../src/backend/open-machine.ts';
import { RtlMachine } from '../../src/backend/rtl-process.ts';
import { buildMachine } from '../../src/backend/run-build.ts';
import { encodeEnd, encodeReset, encodeSegment } from '../../src/backend/wire.ts';
import { ProcessError } from '../../src/errors.ts';
import type { BeatSegment, FaultDrive } from '../../src/schedule/beats.ts';
import type { MachineRun } from '../../src/sim/machine.ts';
import { lattice, latticeFiles, latticeModel, latticeSegments, randomSource } from './support/lattice.ts';
import { childrenOf, isRunning, until } from './support/processes.ts';

const BUILD_TIMEOUT_MS = 120_000;
const KEEP_MACHINE = fileURLToPath(new URL('fixtures/keep-machine.ts', import.meta.url));

// All of this file's builds share one cache, and so the runtime, which takes longest.
const folder = mkdtempSync(join(tmpdir(), 'espalier-machine-'));
process.env['ESPALIER_CACHE'] = join(folder, 'cache');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function build(architecture: Architecture, trace: boolean) {
  return { design: lattice, files: latticeFiles(architecture), top: 'lattice_grid', architecture, trace };
}

function words(run: MachineRun): number[] {
  return Array.from(new Uint32Array(run.samples.buffer));
}

function fault(change: Partial<FaultDrive>): FaultDrive {
  const last = Number.POSITIVE_INFINITY;
  return { peIndex: 1, nodeCode: 1, kindCode: 2, mask: 1n, value: 0n, firstCycle: 0, lastCycle: last, ...change };
}

const VARIANTS = ARCHITECTURES.flatMap((architecture) => [false, true].map((trace) => ({ architecture, trace })));

describe.each(VARIANTS)('the $architecture lattice, trace $trace', ({ architecture, trace }) => {
  let machine: RtlMachine;
  beforeAll(async () => {
    machine = await openMachine(build(architecture, trace));
  }, BUILD_TIMEOUT_MS);
  afterAll(() => machine?.close());

  async function expectLikeModel(segments: readonly BeatSegment[], faults: readonly FaultDrive[]): Promise<MachineRun> {
    const got = await machine.run({ segments, faults, trace });
    const want = latticeModel(segments, faults);
    expect(words(got)).toEqual(want.samples);
    expect(got.firedCycles).toEqual(want.firedCycles);
    if (trace) expect(Buffer.compare(got.registers!, want.registers)).toBe(0);
    else expect(got.registers).toBeNull();
    return got;
  }

  it('computes what the model does, returns included, one job after another', async () => {
    for (const seed of [1, 2, 3]) await expectLikeModel(latticeSegments(randomSource(seed), [25]), []);
  });

  it('carries its registers and samples from segment to segment', async () => {
    await expectLikeModel(latticeSegments(randomSource(4), [1, 7, 1, 30, 0, 2]), [
      fault({ firstCycle: 5, lastCycle: 9 }),
    ]);
  });

  it.each([
    ['for ever', [fault({})]],
    ['in one cycle', [fault({ firstCycle: 7, lastCycle: 7 })]],
    ['in the first cycle', [fault({ lastCycle: 0 })]],
    ['after the job', [fault({ firstCycle: 1_000 })]],
    ['on an operand', [fault({ nodeCode: 0, mask: 0x81n, peIndex: 3, kindCode: 0 })]],
    [
      'twice on one word, in order',
      [fault({ kindCode: 3, mask: 0xffff_0000n, value: 0x1234_5678n }), fault({ kindCode: 1, mask: 0xff00_0000n })],
    ],
    [
      'in windows that overlap',
      [
        fault({ firstCycle: 3, lastCycle: 12, peIndex: 5 }),
        fault({ firstCycle: 10, lastCycle: 20, peIndex: 4, mask: 0xffff_ffffn }),
      ],
    ],
    ['in windows that touch', [fault({ firstCycle: 3, lastCycle: 9 }), fault({ firstCycle: 10, lastCycle: 11 })]],
  ])('is struck %s', async (_, faults) => {
    await expectLikeModel(latticeSegments(randomSource(5), [13, 17]), faults);
  });

  it('forgets the faults of the last job', async () => {
    await machine.run({ segments: latticeSegments(randomSource(6), [9]), faults: [fault({}), fault({ peIndex: 4 })] });
    await expectLikeModel(latticeSegments(randomSource(6), [9]), []);
    expect(
      (await expectLikeModel(latticeSegments(randomSource(6), [9]), [fault({ firstCycle: 99 })])).firedCycles,
    ).toEqual([0]);
  });

  it('takes segments as they are produced, and jobs that are given at once', async () => {
    const segments = latticeSegments(randomSource(7), [5, 5, 5, 5]);
    async function* slowly() {
      for (const segment of segments) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        yield segment;
      }
    }
    const want = latticeModel(segments, []).samples;
    const runs = await Promise.all(
      [slowly(), segments, slowly()].map((source) => machine.run({ segments: source, faults: [] })),
    );
    for (const run of runs) expect(words(run)).toEqual(want);
  });

  it('takes a job without cycles', async () => {
    expect(words(await machine.run({ segments: [], faults: [] }))).toEqual([]);
  });

  it('moves megabytes in both directions at once', async () => {
    const segments = latticeSegments(randomSource(8), [20_000, 20_000, 20_000], 0);
    const run = await machine.run({ segments, faults: [], trace });
    expect(run.samples.length).toBe(60_000 * 12);
    if (trace) expect(run.registers!.length).toBe(60_000 * 36);
  });
});

describe('a waveform', () => {
  const times = (text: string): number[] => [...text.matchAll(/^#(\d+)/gm)].map((match) => Number(match[1]));

  it.each(ARCHITECTURES)(
    'of the %s lattice shows ports and registers over time',
    async (architecture) => {
      const machine = await openMachine(build(architecture, true));
      const vcdPath = join(folder, `${architecture}.vcd`);
      const segments = latticeSegments(randomSource(9), [3, 4]);
      const run = await machine.run({ segments, faults: [], vcdPath });
      expect(words(run)).toEqual(latticeModel(segments, []).samples);
      // The next job writes a file of its own.
      await machine.run({ segments, faults: [], vcdPath: `${vcdPath}.second` });
      await machine.close();
      const text = readFileSync(vcdPath, 'utf8');
      const names = [...text.matchAll(/\$var \w+ +\d+ \S+ (\S+)/g)].map((match) => match[1]!);
      expect(names).toEqual(expect.arrayContaining(['clk_i', 'a_i', 'c_o', 'fault_en_i']));
      expect(names.filter((name) => /^c_q/.test(name))).toHaveLength(6);
      const everyHalfCycle = Array.from({ length: 15 }, (_, half) => half * 5);
      expect(times(text)).toEqual(everyHalfCycle);
      expect(times(readFileSync(`${vcdPath}.second`, 'utf8'))).toEqual(everyHalfCycle);
    },
    BUILD_TIMEOUT_MS,
  );

  it(
    'and a register trace need a trace build',
    async () => {
      const machine = await openMachine(build('rolled', false));
      const refused = 'registers and waveforms need a machine that was opened with trace';
      await expect(machine.run({ segments: [], faults: [], trace: true })).rejects.toThrow(refused);
      await expect(machine.run({ segments: [], faults: [], vcdPath: 'never-written.vcd' })).rejects.toThrow(refused);
      await machine.close();
    },
    BUILD_TIMEOUT_MS,
  );
});

describe('a build', () => {
  it(
    'is found again, and tells its phases only when it happens',
    async () => {
      await buildMachine(build('rolled', false));
      const phases: string[] = [];
      const onProgress = (phase: string): void => void phases.push(phase);
      const first = await buildMachine(build('rolled', false), { onProgress });
      expect(phases).toEqual([]);
      rmSync(first);
      expect(await buildMachine(build('rolled', false), { onProgress })).toBe(first);
      expect(phases).toEqual(['translating lattice_grid with Verilator', 'compiling lattice_grid']);
    },
    BUILD_TIMEOUT_MS,
  );

  it(
    'leaves an executable and a note in the cache, no objects',
    async () => {
      const path = await buildMachine(build('rolled', false));
      expect(readdirSync(join(path, '..')).sort()).toEqual(['entry.json', 'machine']);
      expect(JSON.parse(readFileSync(join(path, '..', 'entry.json'), 'utf8'))).toMatchObject({
        top: 'lattice_grid',
        design: lattice.hash,
        architecture: 'rolled',
        trace: false,
      });
    },
    BUILD_TIMEOUT_MS,
  );

  it(
    'shows the first errors of Verilator',
    async () => {
      const files = [
        { path: 'lattice_grid.v', text: 'module lattice_grid (input wire clk_i);\n  assign x = ;\nendmodule\n' },
      ];
      const error = await buildMachine({ ...build('rolled', false), files }).catch((e) => e);
      expect(error).toBeInstanceOf(ProcessError);
      expect(error.message).toMatch(
        /^verilator failed \(verilator .*, exit code 1, in .*\): %Error: \.\.\/rtl\/lattice_grid\.v:2:14: syntax error/,
      );
    },
    BUILD_TIMEOUT_MS,
  );

  it(
    'fails when the Verilog has other ports than the design',
    async () => {
      const design = { ...lattice, inputs: lattice.inputs.map((port) => ({ ...port, lanes: port.lanes * 5 })) };
      const error = await buildMachine({ ...build('rolled', false), design }).catch((e) => e);
      expect(error).toBeInstanceOf(ProcessError);
      expect(error.message).toMatch(
        /^make failed \(make .*, exit code 2, in .*\): .*error: static assertion failed: the port has another width than the design/,
      );
    },
    BUILD_TIMEOUT_MS,
  );

  it(
    'has a harness that compiles without warnings',
    async () => {
      const cosim = fileURLToPath(new URL('../../cosim/', import.meta.url));
      const sources = readdirSync(cosim).filter((name) => name.endsWith('.cpp'));
      const flags = ['-std=c++17', '-Wall', '-Wextra', '-Wpedantic', '-Wshadow', '-Werror', '-fsyntax-only'];
      await execa('g++', [...flags, ...sources], { cwd: cosim });
    },
    BUILD_TIMEOUT_MS,
  );
});

describe('a machine', () => {
  it(
    'gets a fresh process after a crash',
    async () => {
      const executable = await buildMachine(build('rolled', false));
      const wrapper = join(folder, 'wrapper.sh');
      // Fails once, then is the real thing.
      writeFileSync(
        wrapper,
        `if [ -e ${folder}/failed ]; then exec ${executable}; fi\ntouch ${folder}/failed\nexit 9\n`,
      );
      const step = { command: 'sh', args: [wrapper], cwd: folder };
      const machine = new RtlMachine({ design: lattice, trace: false, step });
      const segments = latticeSegments(randomSource(10), [6]);
      await expect(machine.run({ segments, faults: [] })).rejects.toThrow(
        `the simulation process ended before it had answered (sh ${wrapper}, exit code 9, in ${folder})`,
      );
      expect(words(await machine.run({ segments, faults: [] }))).toEqual(latticeModel(segments, []).samples);
      await machine.close();
    },
    BUILD_TIMEOUT_MS,
  );

  it(
    'does not keep Node alive when it is forgotten, nor outlives it when it is killed',
    async () => {
      const { stdout } = await execa(process.execPath, [KEEP_MACHINE], { timeout: 60_000 });
      expect(stdout).toBe('48');
      const parent = execa(process.execPath, [KEEP_MACHINE, 'stay'], { reject: false });
      await new Promise((resolve) => parent.stdout.once('data', resolve));
      const [harness] = childrenOf(parent.pid!);
      expect(isRunning(harness!)).toBe(true);
      parent.kill('SIGKILL');
      await parent;
      await until(() => !isRunning(harness!));
      expect(isRunning(harness!)).toBe(false);
    },
    BUILD_TIMEOUT_MS,
  );
});

describe('the harness', () => {
  const reset = encodeReset(lattice, { faults: [], trace: false, vcdPath: null });
  const [good] = latticeSegments(randomSource(11), [4]) as [BeatSegment];
  const segment = (change: Partial<BeatSegment>): Uint8Array[] => encodeSegment({ ...good, ...change });
  const patched = (chunks: Uint8Array[], offset: number, value: number): Uint8Array[] => {
    const bytes = Buffer.concat(chunks);
    bytes.writeUInt32LE(value, offset);
    return [bytes];
  };
  const at = (...values: number[]): Int32Array => Int32Array.from(values);

  let executable: string;
  beforeAll(async () => {
    executable = await buildMachine(build('rolled', false));
  }, BUILD_TIMEOUT_MS);

  it.each<[string, Uint8Array[]]>([
    ['the input ends inside a message header', [new Uint8Array(5)]],
    ['the input is not a message: reserved field is 1819043176', [Buffer.from('hellhellhellhell')]],
    ['unknown command 9', patched(encodeEnd(), 0, 9)],
    ['a message of 8589934592 bytes is longer than the limit of 2147483648', patched(encodeEnd(), 12, 2)],
    ['the input ends after 3 of 4 bytes of a message', [...patched(encodeEnd(), 8, 4), new Uint8Array(3)]],
    ['an end carries no payload', [...patched(encodeEnd(), 8, 4), new Uint8Array(4)]],
    ['a job ends that has not started', encodeEnd()],
    ['a segment arrives outside a job', segment({})],
    ['a job starts before the last one has ended', [...reset, ...reset]],
    [
      'a job drives 1 fault slots; the design has 2',
      encodeReset({ ...lattice, spec: { faultSlots: 1 } }, { faults: [], trace: false, vcdPath: null }),
    ],
    ['registers are asked of a build without trace', encodeReset(lattice, { faults: [], trace: true, vcdPath: null })],
    ['cannot write the waveform /x.vcd', encodeReset(lattice, { faults: [], trace: false, vcdPath: '/x.vcd' })],
    ['a reset has unknown flags', patched(reset, 16, 6)],
    ['a reset is shorter than its fields say', patched(reset, 20, 1 << 30)],
    ['a segment starts at cycle 5 instead of 0', [...reset, ...segment({ firstCycle: 5 })]],
    ['a segment is shorter than its fields say', [...reset, ...segment({ cycles: 400 })]],
    ['a segment has 2 bytes too many', [...reset, ...segment({ frames: [new Uint8Array(2), ...good.frames] })]],
    [
      'a frame has bits beyond its port',
      [...reset, ...segment({ frames: [...good.frames.slice(0, 3), Uint8Array.of(1, 2, 4, 3)] })],
    ],
    ['samples are not sorted by cycle', [...reset, ...segment({ sampleCycle: at(1, 0), sampleLane: at(0, 0) })]],
    ['samples lie outside the segment', [...reset, ...segment({ sampleCycle: at(4), sampleLane: at(0) })]],
    ['samples name lane 3 of 3', [...reset, ...segment({ sampleCycle: at(1), sampleLane: at(3) })]],
    [
      'returns name lane 4294967295 of 3',
      [...reset, ...segment({ returnCycle: at(1), returnLane: at(-1), returnSample: at(0) })],
    ],
    [
      'sample 3 returns before it is taken',
      [...reset, ...segment({ returnCycle: at(0), returnLane: at(0), returnSample: at(3) })],
    ],
  ])('names what is wrong with its input: %s', async (sentence, input) => {
    const { exitCode, stderr } = await execa(executable, {
      input: Buffer.concat(input),
      encoding: 'buffer',
      reject: false,
    });
    expect(Buffer.from(stderr).toString().trim()).toBe(`espalier harness: ${sentence}`);
    expect(exitCode).toBe(3);
  });

  it('ends quietly when its input ends', async () => {
    const input = Buffer.concat([...reset, ...encodeEnd()]);
    const { exitCode, stdout } = await execa(executable, { input, encoding: 'buffer' });
    expect(exitCode).toBe(0);
    expect(Buffer.from(stdout).subarray(0, 24).toString()).toBe(`ESPALIER${lattice.hash}`);
  });
});
