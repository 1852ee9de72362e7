import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type BuildOptions, type BuildPlan, type BuildSetting, planBuild, planRuntime } from './build.ts';
import { cached } from './build-cache.ts';
import { cacheRoot } from './cache-root.ts';
import { harnessSources } from './harness-sources.ts';
import { run } from './process.ts';
import { findTools } from './tools.ts';

export interface BuildControl {
  readonly signal?: AbortSignal | undefined;
  /** Called with what is being done, once per phase; not at all when everything is in the cache. */
  readonly onProgress?: ((phase: string) => void) | undefined;
}

// Nothing that the plan does not know may act on a build; messages are read in English. TMPDIR joins these: compilers
// that are killed leave temporary files, which so go with the build's folder.
const UNSET = ['CXX', 'CXXFLAGS', 'CPPFLAGS', 'LDFLAGS', 'LDLIBS', 'MAKEFLAGS', 'MFLAGS', 'MAKELEVEL', 'MAKEFILES'];
const NEUTRAL = { ...Object.fromEntries(UNSET.map((name) => [name, undefined])), LC_ALL: 'C' };

/**
 * Get the simulation executable of a design, from the cache or by building it.
 * @returns its path
 * @throws {ToolMissingError} without Verilator, g++ or make, {ProcessError} if one of them fails, {FileError} if the
 * cache cannot be written.
 */
export async function buildMachine(options: BuildOptions, control: BuildControl = {}): Promise<string> {
  const setting: BuildSetting = { tools: await findTools(), harness: harnessSources(), cacheRoot: cacheRoot() };
  const machine = planBuild(options, setting);
  const folder = await realise(machine, setting.cacheRoot, control, async () => {
    // The runtime is looked up only when something is built upon it.
    await realise(planRuntime(setting), setting.cacheRoot, control);
  });
  return join(folder, basename(machine.products[0]!));
}

/** Carry out a plan unless the cache has its products; returns the folder that holds them. */
function realise(
  plan: BuildPlan,
  root: string,
  control: BuildControl,
  prepare: () => Promise<void> = async () => {},
): Promise<string> {
  const required = plan.products.map((path) => basename(path));
  const build = async (folder: string): Promise<void> => {
    await prepare();
    await writeFiles(plan, folder);
    for (const { phase, ...step } of plan.steps) {
      control.onProgress?.(phase);
      const env = { ...NEUTRAL, TMPDIR: folder };
      await run({ ...step, cwd: join(folder, step.cwd) }, { signal: control.signal, env });
    }
    await keepProducts(plan, folder);
    await writeFile(join(folder, 'entry.json'), `${JSON.stringify(plan.about, null, 2)}\n`);
  };
  return cached({ root, name: plan.entry, required }, build, control.signal);
}

async function writeFiles(plan: BuildPlan, folder: string): Promise<void> {
  for (const step of plan.steps) await mkdir(join(folder, step.cwd), { recursive: true });
  for (const { path, text } of plan.files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

async function keepProducts(plan: BuildPlan, folder: string): Promise<void> {
  const rest = await readdir(folder);
  for (const path of plan.products) await rename(join(folder, path), join(folder, basename(path)));
  for (const name of rest) await rm(join(folder, name), { recursive: true, force: true });
}
