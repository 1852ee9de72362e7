import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cached } from '../../src/backend/build-cache.ts';
import { cacheRoot } from '../../src/backend/cache-root.ts';

const BUILDER = fileURLToPath(new URL('fixtures/build-entry.ts', import.meta.url));

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'espalier-cache-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function entry() {
  return { root, name: 'machine-1', required: ['machine'] };
}

async function writeMachine(folder: string): Promise<void> {
  writeFileSync(join(folder, 'machine'), 'built');
}

describe('the build cache', () => {
  it('builds an entry once', async () => {
    let builds = 0;
    const build = async (folder: string): Promise<void> => {
      builds++;
      await writeMachine(folder);
    };
    expect(await cached(entry(), build)).toBe(join(root, 'machine-1'));
    expect(await cached(entry(), build)).toBe(join(root, 'machine-1'));
    expect(builds).toBe(1);
    expect(readdirSync(root)).toEqual(['machine-1']);
  });

  it('lets the second of two builds at once wait for the first, in one process and in two', async () => {
    let builds = 0;
    const build = async (folder: string): Promise<void> => {
      builds++;
      await new Promise((resolve) => setTimeout(resolve, 200));
      await writeMachine(folder);
    };
    await Promise.all([
      cached(entry(), build),
      new Promise((r) => setTimeout(r, 50)).then(() => cached(entry(), build)),
    ]);
    expect(builds).toBe(1);

    const builders = [1, 2].map(() => execa(process.execPath, [BUILDER, root, 'machine-2']));
    const outputs = (await Promise.all(builders)).map(({ stdout }) => stdout.split('\n').at(-1));
    expect(outputs).toEqual([join(root, 'machine-2'), join(root, 'machine-2')]);
    expect(readdirSync(root).sort()).toEqual(['machine-1', 'machine-2']);
  });

  it('discards a build that finishes second', async () => {
    const place = await cached(entry(), async (folder) => {
      // Someone else comes first, unseen.
      mkdirSync(join(root, 'machine-1'));
      writeFileSync(join(root, 'machine-1', 'machine'), 'theirs');
      await writeMachine(folder);
    });
    expect(readFileSync(join(place, 'machine'), 'utf8')).toBe('theirs');
    expect(readdirSync(root)).toEqual(['machine-1']);
  });

  it('leaves nothing behind when a build fails', async () => {
    await expect(cached(entry(), () => Promise.reject(new Error('no compiler')))).rejects.toThrow('no compiler');
    expect(readdirSync(root)).toEqual([]);
  });

  it('rebuilds an entry that has lost its executable', async () => {
    const place = await cached(entry(), writeMachine);
    rmSync(join(place, 'machine'));
    writeFileSync(join(place, 'rest'), '');
    await cached(entry(), writeMachine);
    expect(readdirSync(place)).toEqual(['machine']);
  });

  it('takes no half-finished build for an entry and clears away those of dead processes', async () => {
    const host = hostname().replace(/[^A-Za-z0-9-]/g, '-');
    const finished = execa('true');
    await finished;
    const dead = join(root, `building.machine-1.${host}.${finished.pid}.aa`);
    const foreign = join(root, 'building.machine-2.another-host.1.bb');
    for (const folder of [dead, foreign]) {
      mkdirSync(folder);
      writeFileSync(join(folder, 'machine'), 'half');
    }
    const place = await cached(entry(), writeMachine);
    expect(readFileSync(join(place, 'machine'), 'utf8')).toBe('built');
    expect(existsSync(dead)).toBe(false);
    expect(existsSync(foreign)).toBe(true);
  });

  it('refuses a folder that make cannot work in, or that cannot be made', async () => {
    await expect(cached({ ...entry(), root: join(root, 'a b') }, writeMachine)).rejects.toThrow(
      `the build cache ${join(root, 'a b')} has a space in its path, which make cannot handle: set ESPALIER_CACHE`,
    );
    writeFileSync(join(root, 'file'), '');
    await expect(cached({ ...entry(), root: join(root, 'file', 'cache') }, writeMachine)).rejects.toThrow(
      `cannot write the build cache ${join(root, 'file', 'cache')}: ${join(root, 'file')} is not a directory`,
    );
  });

  it.each([
    [{ ESPALIER_CACHE: '/x/own', XDG_CACHE_HOME: '/x/xdg' }, '/x/own'],
    [{ XDG_CACHE_HOME: '/x/xdg' }, '/x/xdg/espalier'],
    [{ XDG_CACHE_HOME: 'relative' }, expect.stringMatching(/\/\.cache\/espalier$/)],
    [{}, expect.stringMatching(/\/\.cache\/espalier$/)],
  ])('lies where %j says', (env, place) => {
    expect(cacheRoot(env)).toEqual(place);
  });
});
