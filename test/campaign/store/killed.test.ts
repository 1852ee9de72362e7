import { spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStore, openStore } from '../../../src/campaign/store/open-store.ts';
import { randomStream } from '../../../src/check/random.ts';
import { contentsOf, numbersFrom } from './support/contents.ts';
import { CAMPAIGN, newFolder } from './support/made-up-campaign.ts';

const ADD_FAULTS = fileURLToPath(new URL('support/add-faults.ts', import.meta.url));
const BATCH = 20;
const COUNT = 20_000;
const KILLS = 10;

let folder: string;
let path: string;

beforeEach(async () => {
  folder = newFolder();
  path = join(folder, 'made-up.store');
  (await createStore(path, CAMPAIGN)).close();
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Start a process that adds the missing faults; `heard` gives the numbers that it has printed. */
function addFaults() {
  const child = spawn(process.execPath, [ADD_FAULTS, path, String(COUNT), String(BATCH)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  let open = () => {};
  const locked = new Promise<void>((resolve) => {
    open = resolve;
  });
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
    if (text.includes('locked\n')) open();
  });
  const ended = new Promise<string | null>((resolve) => child.on('close', (_, signal) => resolve(signal)));
  return { child, locked, ended, heard: () => text.split('\n').slice(1, -1).map(Number) };
}

describe('a writer that is killed', () => {
  it(`loses no batch but the last, ${KILLS} times in a row, and the store ends up as if nothing had happened`, async () => {
    const seed = Date.now();
    const random = randomStream(seed, 'kill');
    let most = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const { child, locked, ended, heard } = addFaults();
      await locked;
      await sleep(random.int(0, 150));
      child.kill('SIGKILL');
      expect(await ended, `seed ${seed}`).toBe('SIGKILL');
      const [before, last] = [heard()[0] ?? most, heard().at(-1) ?? most];
      const reader = openStore(path, { readonly: true });
      const { size } = reader.doneFaults();
      reader.close();
      // What it said before it was killed is there; a batch that was committed and not yet told may be.
      expect(before, `seed ${seed}`).toBe(most);
      expect([last, last + BATCH], `seed ${seed}`).toContain(size);
      most = size;
    }
    expect(most).toBeGreaterThan(0);
    expect(most, 'the kills came too late').toBeLessThan(COUNT);
    expect(await addFaults().ended).toBe(null);
    const database = new DatabaseSync(path);
    expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    database.close();
    const store = openStore(path, { readonly: true });
    const found = { faults: [...store.faults()], outcomes: [...store.outcomes()] };
    store.close();
    expect(found).toEqual(contentsOf(numbersFrom(0, COUNT)));
    expect(readdirSync(folder)).toEqual(['made-up.store']);
  });
});
