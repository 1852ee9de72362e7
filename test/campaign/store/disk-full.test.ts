import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { createStore, openStore } from '../../../src/campaign/store/open-store.ts';
import { Store } from '../../../src/campaign/store/store.ts';
import { FileError } from '../../../src/errors.ts';
import { contentsOf, numbersFrom } from './support/contents.ts';
import { CAMPAIGN, doneFault, newFolder } from './support/made-up-campaign.ts';

const canMount = tryMount();

let folder: string;
let path: string;

beforeEach(() => {
  folder = newFolder();
  path = join(folder, 'made-up.store');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function tryMount(): boolean {
  const place = newFolder();
  try {
    mount(place, 'size=64k');
    unmount(place);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(place, { recursive: true });
  }
}

function mount(place: string, options: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', place], { stdio: 'ignore' });
}

function unmount(place: string): void {
  execFileSync('umount', [place], { stdio: 'ignore' });
}

/** Add batches of 20 faults until one is refused; returns how many faults were added. */
function fill(store: Store): number {
  for (let n = 0; n < 100_000; n += 20) {
    try {
      store.add(numbersFrom(n, n + 20).map((m) => doneFault(m)));
    } catch (error) {
      expect(error).toEqual(new FileError(`cannot write ${path}: the disk is full`));
      return n;
    }
  }
  throw new Error('the disk never got full');
}

describe('a full disk', () => {
  it('takes no part of a batch, and more once there is room (a limit of pages)', async () => {
    (await createStore(path, CAMPAIGN)).close();
    const database = new DatabaseSync(path);
    database.exec('PRAGMA max_page_count = 40');
    const store = new Store(path, database, () => {});
    const added = fill(store);
    database.exec('PRAGMA max_page_count = 1000');
    expect(store.add(numbersFrom(added, added + 20).map((n) => doneFault(n)))).toBe(20);
    expect({ faults: [...store.faults()], outcomes: [...store.outcomes()] }).toEqual(
      contentsOf(numbersFrom(0, added + 20)),
    );
    store.close();
  });

  test.skipIf(!canMount)('takes no part of a batch, and more once there is room (a disk)', async () => {
    mount(folder, 'size=1m');
    try {
      writeFileSync(join(folder, 'ballast'), Buffer.alloc(300_000));
      let store = await createStore(path, CAMPAIGN);
      const added = fill(store);
      expect(added).toBeGreaterThan(0);
      rmSync(join(folder, 'ballast'));
      expect(store.add(numbersFrom(added, added + 20).map((n) => doneFault(n)))).toBe(20);
      store.close();
      store = openStore(path, { readonly: true });
      expect({ faults: [...store.faults()], outcomes: [...store.outcomes()] }).toEqual(
        contentsOf(numbersFrom(0, added + 20)),
      );
      store.close();
    } finally {
      unmount(folder);
    }
  });

  test.skipIf(!canMount)('gets no new store, and no part of one', async () => {
    mount(folder, 'size=1m');
    try {
      writeFileSync(join(folder, 'ballast'), Buffer.alloc(1_036_000));
      await expect(createStore(path, CAMPAIGN)).rejects.toThrow(
        new FileError(`cannot write ${path}: the disk is full`),
      );
      expect(readdirSync(folder)).toEqual(['ballast']);
    } finally {
      unmount(folder);
    }
  });
});

describe('a disk that nobody may write to', () => {
  test.skipIf(!canMount)('lets a store be read, but neither made nor added to', async () => {
    mount(folder, 'size=1m');
    try {
      const store = await createStore(path, CAMPAIGN);
      store.add([doneFault(0)]);
      store.close();
      execFileSync('mount', ['-o', 'remount,ro', folder], { stdio: 'ignore' });
      using reader = openStore(path, { readonly: true });
      expect(reader.counts().faults).toBe(1);
      const sentence = `cannot write ${path}: read-only file system`;
      expect(() => openStore(path, { readonly: false })).toThrow(new FileError(sentence));
      await expect(createStore(`${path}2`, CAMPAIGN)).rejects.toThrow(
        new FileError(sentence.replace(path, `${path}2`)),
      );
    } finally {
      unmount(folder);
    }
  });
});
