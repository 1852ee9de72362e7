import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStore, openStore } from '../../../src/campaign/store/open-store.ts';
import { FileError } from '../../../src/errors.ts';
import { numbersFrom } from './support/contents.ts';
import { CAMPAIGN, doneFault, newFolder, RECORD } from './support/made-up-campaign.ts';

const ADD_FAULTS = fileURLToPath(new URL('support/add-faults.ts', import.meta.url));

let folder: string;
let path: string;

beforeEach(() => {
  folder = newFolder();
  path = join(folder, 'made-up.store');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const REFUSED = () => new FileError(`cannot write ${path}: another process is running this campaign`);

describe('a store that has a writer', () => {
  it('takes no second one in this process, whatever the path that leads there', async () => {
    const store = await createStore(path, CAMPAIGN);
    expect(() => openStore(path, { readonly: false })).toThrow(REFUSED());
    const link = join(folder, 'link');
    symlinkSync(path, link);
    expect(() => openStore(link, { readonly: false })).toThrow(REFUSED().message.replace(path, link));
    store.close();
    store.close();
    openStore(link, { readonly: false }).close();
    expect(readdirSync(folder).sort()).toEqual(['link', 'made-up.store']);
  });

  it('takes no second one in another process, also after a refused one in the same', async () => {
    using store = await createStore(path, CAMPAIGN);
    // To close any handle of a locked file is to unlock it, as POSIX has it.
    expect(() => openStore(path, { readonly: false })).toThrow(REFUSED());
    const other = spawn(process.execPath, [ADD_FAULTS, path, '60', '20']);
    let stderr = '';
    other.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    await once(other, 'close');
    expect(stderr).toContain(`FileError: ${REFUSED().message}\n`);
    expect(store.counts().faults).toBe(0);
  });

  it('takes another as soon as the first was killed', async () => {
    (await createStore(path, CAMPAIGN)).close();
    const other = spawn(process.execPath, [ADD_FAULTS, path, '1000000', '20']);
    await once(other.stdout, 'data');
    expect(() => openStore(path, { readonly: false })).toThrow(REFUSED());
    other.kill('SIGKILL');
    await once(other, 'close');
    openStore(path, { readonly: false }).close();
    expect(readdirSync(folder)).toEqual(['made-up.store']);
  });

  it('has as many readers as one likes, who see what it held when they came', async () => {
    using store = await createStore(path, CAMPAIGN);
    const early = openStore(path, { readonly: true });
    store.add(numbersFrom(0, 30).map((n) => doneFault(n)));
    const late = openStore(path, { readonly: true });
    store.setValue('ended', 25);
    store.add([doneFault(30)]);
    expect([early.counts().faults, late.counts().faults, store.counts().faults]).toEqual([0, 30, 31]);
    expect([late.record, store.record]).toEqual([RECORD, { ...RECORD, ended: 25 }]);
    early.close();
    late.close();
    using latest = openStore(path, { readonly: true });
    expect([latest.record, latest.counts().faults]).toEqual([{ ...RECORD, ended: 25 }, 31]);
  });

  it('is not written to by a reader', async () => {
    (await createStore(path, CAMPAIGN)).close();
    using reader = openStore(path, { readonly: true });
    expect(() => reader.add([doneFault(0)])).toThrow(`cannot write ${path}: it was opened for reading`);
    expect(() => reader.setValue('ended', 3)).toThrow(`cannot write ${path}: it was opened for reading`);
    expect(reader.record).toEqual(RECORD);
  });
});
