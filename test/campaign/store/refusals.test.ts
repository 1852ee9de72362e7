import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { createStore, openStore } from '../../../src/campaign/store/open-store.ts';
import type { Store } from '../../../src/campaign/store/store.ts';
import { FileError } from '../../../src/errors.ts';
import { contentsOf, numbersFrom } from './support/contents.ts';
import { CAMPAIGN, doneFault, newFolder } from './support/made-up-campaign.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = newFolder();
  path = join(folder, 'made-up.store');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The sentence by which something is refused, with STORE in place of the store's path. */
function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(FileError);
    return (error as FileError).message.replaceAll(path, 'STORE');
  }
  return 'nothing was refused';
}

async function makeStore(faults = 0): Promise<void> {
  const store = await createStore(path, CAMPAIGN);
  store.add(numbersFrom(0, faults).map((n) => doneFault(n)));
  store.close();
}

async function changeStore(sql: string): Promise<void> {
  await makeStore();
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

describe('what is no store is refused in one sentence, for reading and for writing, and left as it is', () => {
  test.each<[what: string, make: () => unknown, sentence: string]>([
    ['a missing file', () => {}, 'cannot read STORE: no such file or directory'],
    ['a directory', () => mkdirSync(path), 'cannot read STORE: it is not a regular file'],
    ['an empty file', () => writeFileSync(path, ''), 'cannot read STORE: it is not the store of a campaign'],
    [
      'a text',
      () => writeFileSync(path, 'a text\n'.repeat(1000)),
      'cannot read STORE: it is not the store of a campaign (no SQLite database)',
    ],
    [
      'another database',
      () => changeStore('PRAGMA application_id = 1'),
      'cannot read STORE: it is not the store of a campaign',
    ],
    [
      'a store of another format',
      () => changeStore('PRAGMA user_version = 1'),
      'cannot read STORE: it has store format 1, this version of Espalier reads 2',
    ],
    [
      'a store with a damaged record',
      () => changeStore("UPDATE campaign SET value = '{' WHERE key = 'seed'"),
      'cannot read STORE: it is damaged (its record is no JSON)',
    ],
    [
      'a store that lacks a part of its record',
      () => changeStore("DELETE FROM campaign WHERE key = 'seed'"),
      'cannot read STORE: it is damaged (its record has no "seed")',
    ],
    [
      'a store that was cut off',
      async () => {
        await makeStore();
        truncateSync(path, 3 * 4096);
      },
      'cannot read STORE: it is damaged (database disk image is malformed)',
    ],
  ])('%s', async (_, make, sentence) => {
    await make();
    const before = snapshot();
    for (const readonly of [true, false]) {
      expect(refusal(() => openStore(path, { readonly }).close())).toBe(sentence);
      expect(snapshot()).toEqual(before);
    }
  });

  it('a damaged page is found when its rows are read', async () => {
    await makeStore(60);
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0x55, 6 * 4096, bytes.length));
    using store = openStore(path, { readonly: true });
    expect(refusal(() => [...store.faults(), ...store.outcomes()])).toMatch(
      /^cannot read STORE: it is damaged \(.*\)$/,
    );
  });
});

function snapshot(): Record<string, Buffer | null> {
  const entries = readdirSync(folder, { withFileTypes: true });
  return Object.fromEntries(
    entries.map((entry) => [entry.name, entry.isFile() ? readFileSync(join(folder, entry.name)) : null]),
  );
}

describe('a new store', () => {
  test.each<[what: string, place: () => void, sentence: string]>([
    ['over another store', makeStore, 'cannot write STORE: it exists already'],
    ['over a dangling link', () => symlinkSync('nowhere', path), 'cannot write STORE: it exists already'],
    [
      'in a folder that is missing',
      () => {
        path = join(folder, 'missing/made-up.store');
      },
      'cannot write STORE: no such file or directory',
    ],
    [
      'in a file',
      () => {
        writeFileSync(join(folder, 'file'), '');
        path = join(folder, 'file/made-up.store');
      },
      'cannot write STORE: not a directory',
    ],
    [
      'where the system lets nobody write',
      () => {
        path = '/proc/made-up.store';
      },
      'cannot write STORE: no such file or directory',
    ],
  ])('is refused %s', async (_, place, sentence) => {
    await place();
    const before = snapshot();
    const error: unknown = await createStore(path, CAMPAIGN).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FileError);
    expect((error as FileError).message.replaceAll(path, 'STORE')).toBe(sentence);
    expect(snapshot()).toEqual(before);
  });

  it('is not there when what it begins with cannot be told, and can then be made', async () => {
    const domains = (function* () {
      yield* CAMPAIGN.domains;
      throw new RangeError('the population has no end');
    })();
    await expect(createStore(path, { ...CAMPAIGN, domains })).rejects.toThrow(
      new RangeError('the population has no end'),
    );
    expect(snapshot()).toEqual({});
    await makeStore();
  });

  it('takes no notice of a draft that a killed process left', async () => {
    writeFileSync(`${path}.new`, 'half a store');
    await makeStore();
    expect(readdirSync(folder)).toEqual(['made-up.store']);
  });
});

describe('a batch', () => {
  let store: Store;

  beforeEach(async () => {
    store = await createStore(path, CAMPAIGN);
    store.add([doneFault(0), doneFault(1)]);
  });

  afterEach(() => store.close());

  const contents = () => ({ faults: [...store.faults()], outcomes: [...store.outcomes()] });

  it('leaves a fault that is there as it is, with all its outcomes', () => {
    const other = { ...doneFault(2), fault: { ...doneFault(2).fault, n: 1 } };
    expect(store.add([other, doneFault(3), doneFault(3)])).toBe(1);
    expect(contents()).toEqual(contentsOf([0, 1, 3]));
  });

  it('adds nothing when one of its outcomes is there twice', () => {
    const twice = {
      ...doneFault(3),
      outcome: {
        ...doneFault(3).outcome,
        images: [...doneFault(3).outcome.images].fill(doneFault(3).outcome.images[0]!),
      },
    };
    expect(() => store.add([doneFault(2), twice])).toThrow('UNIQUE constraint failed: outcomes.fault, outcomes.image');
    expect(contents()).toEqual(contentsOf([0, 1]));
    expect(store.add([doneFault(2)])).toBe(1);
  });
});
