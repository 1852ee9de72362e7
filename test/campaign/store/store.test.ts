import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStore, openStore } from '../../../src/campaign/store/open-store.ts';
import { contentsOf } from './support/contents.ts';
import { CAMPAIGN, doneFault, newFolder, RECORD } from './support/made-up-campaign.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = newFolder();
  path = join(folder, 'made-up.store');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a store', () => {
  it('gives back what the campaign is, and all that was added, in the order of fault numbers', async () => {
    const numbers = [40, 3, 12, 0, 25, 1, 7];
    const store = await createStore(path, CAMPAIGN);
    expect(store.add(numbers.slice(0, 4).map((n) => doneFault(n)))).toBe(4);
    expect(store.add(numbers.slice(4).map((n) => doneFault(n)))).toBe(3);
    store.close();
    const reader = openStore(path, { readonly: true });
    expect(reader.record).toEqual(RECORD);
    expect([...reader.domains()]).toEqual(CAMPAIGN.domains);
    expect([...reader.clean()]).toEqual(CAMPAIGN.clean);
    expect({ faults: [...reader.faults()], outcomes: [...reader.outcomes()] }).toEqual(contentsOf(numbers));
    expect([...reader.doneFaults()]).toEqual([0, 1, 3, 7, 12, 25, 40]);
    expect(reader.counts()).toEqual({ faults: 7, failed: 2, outcomes: 15 });
    expect(reader.counts(12)).toEqual({ faults: 4, failed: 0, outcomes: 12 });
    reader.close();
    expect(readdirSync(folder)).toEqual(['made-up.store']);
  });
});
