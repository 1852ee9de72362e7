import { chmod, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../scripts/setup.sh', import.meta.url));

let folder: string;

/** Put a program on the path that notes how it was called and then runs a line of shell. */
async function fake(name: string, line = ':'): Promise<void> {
  await writeFile(join(folder, 'bin', name), `#!/bin/sh\necho "${name} $*" >> "$LOG"\n${line}\n`);
  await chmod(join(folder, 'bin', name), 0o755);
}

/** Run the script in a project of its own, with nothing on the path but what the test has put there. */
async function setUp(): Promise<{ stderr: string; exitCode: number | undefined; calls: string[] }> {
  const log = join(folder, 'log');
  const env = { PATH: join(folder, 'bin'), LOG: log };
  const { stderr, exitCode } = await execa('/bin/sh', [join(folder, 'scripts/setup.sh')], {
    env,
    extendEnv: false,
    reject: false,
  });
  return { stderr, exitCode, calls: (await readFile(log, 'utf8').catch(() => '')).split('\n').slice(0, -1) };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'espalier-setup-'));
  await mkdir(join(folder, 'bin'));
  await mkdir(join(folder, 'scripts'));
  await symlink(SCRIPT, join(folder, 'scripts/setup.sh'));
  await writeFile(join(folder, 'package-lock.json'), '{}');
  for (const tool of ['dirname', 'env', 'touch']) await symlink(`/usr/bin/${tool}`, join(folder, 'bin', tool));
  for (const tool of ['g++', 'make', 'npm', 'iverilog']) await fake(tool);
});

afterEach(() => rm(folder, { recursive: true }));

const PACKAGES = 'npm ci --no-audit --no-fund --loglevel=error';

describe('set-up', () => {
  test('installs only the packages where all tools are there', async () => {
    await fake('verilator');
    expect(await setUp()).toEqual({ stderr: 'set-up: installing npm packages', exitCode: 0, calls: [PACKAGES] });
  });

  test('compiles only where the packages are newer than the lock file', async () => {
    await fake('verilator');
    await mkdir(join(folder, 'node_modules'));
    await writeFile(join(folder, 'node_modules/.package-lock.json'), '{}');
    await utimes(join(folder, 'package-lock.json'), 0, 0);
    expect(await setUp()).toEqual({ stderr: '', exitCode: 0, calls: ['npm run --silent prepare'] });
  });

  test('gets missing tools through apt-get as root', async () => {
    await fake('id', 'echo 0');
    await fake('apt-get', 'echo "$DEBIAN_FRONTEND" >> "$LOG"');
    const { exitCode, calls } = await setUp();
    expect(exitCode).toBe(0);
    expect(calls.slice(1)).toEqual([
      'apt-get update -qq',
      'noninteractive',
      'apt-get install -qq -y --no-install-recommends verilator',
      'noninteractive',
      PACKAGES,
    ]);
  });

  test.each([true, false])(
    'gets a second simulator if it can (apt-get: %s), and does without else',
    async (canInstall) => {
      await fake('verilator');
      await rm(join(folder, 'bin', 'iverilog'));
      await fake('id', 'echo 0');
      if (canInstall) await fake('apt-get');
      const { exitCode, calls } = await setUp();
      const installs = ['apt-get update -qq', 'apt-get install -qq -y --no-install-recommends iverilog'];
      expect({ exitCode, calls: calls.filter((call) => !call.startsWith('id')) }).toEqual({
        exitCode: 0,
        calls: [...(canInstall ? installs : []), PACKAGES],
      });
    },
  );

  test.each([
    ['without apt-get', async () => fake('id', 'echo 0')],
    [
      'without root',
      async () => {
        await fake('id', 'echo 1000');
        await fake('apt-get');
        await fake('sudo', 'exit 1');
      },
    ],
  ])('names what is missing %s', async (_, prepare) => {
    await prepare();
    const { stderr, exitCode, calls } = await setUp();
    expect({ stderr, exitCode }).toEqual({
      stderr:
        'set-up: missing: verilator - install them with: sudo apt-get update && sudo apt-get install verilator g++ make',
      exitCode: 2,
    });
    expect(calls.filter((call) => /^(apt-get|npm)/.test(call))).toEqual([]);
  });
});
