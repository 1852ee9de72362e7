import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { expect } from 'vitest';
import { openStore } from '../../../src/campaign/store/open-store.ts';
import { randomStream } from '../../../src/check/random.ts';
import { childrenOf, isRunning, until } from '../../backend/support/processes.ts';
import { BIN, type Workplace } from '../../cli/support/espalier.ts';

/** A campaign that is run by the command, in processes that a test may kill. */
export interface KilledCampaign {
  readonly place: Workplace;
  /** The spec file and the store, by their names in the place. */
  readonly file: string;
  readonly store: string;
}

/** Begin the campaign, or go on with it. */
export function start({ place, file, store }: KilledCampaign, workers: number) {
  const what = existsSync(place.path(store)) ? ['resume', store] : ['run', file, '-o', store];
  const args = ['campaign', ...what, '--workers', String(workers), '--quiet'];
  // In a group of its own, as a terminal has it.
  return execa(process.execPath, [BIN, ...args], { cwd: place.folder, reject: false, detached: true });
}

/** How many faults are done; −1 without a store. */
export function done({ place, store: name }: KilledCampaign): number {
  if (!existsSync(place.path(name))) return -1;
  using store = openStore(place.path(name), { readonly: true });
  return store.counts().faults;
}

/** Begin a campaign and kill it, again and again, at random moments; then let it end. */
export async function killRepeatedly(campaign: KilledCampaign, kills: number): Promise<void> {
  const seed = Date.now();
  const random = randomStream(seed, 'kill');
  console.log(`kills by seed ${seed}`);
  const seen: number[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const before = done(campaign);
    const child = start(campaign, random.int(1, 2));
    // Every third one dies at any moment, while it starts as well, the others when they have begun to write.
    if (kill % 3 === 0) await sleep(random.int(0, 800));
    else await until(() => done(campaign) > Math.max(0, before), 20_000);
    await sleep(random.int(0, 150));
    const workers = childrenOf(child.pid!);
    child.kill('SIGKILL');
    expect((await child).signal, `seed ${seed}: it was done before it was killed`).toBe('SIGKILL');
    await until(() => !workers.some(isRunning));
    expect(workers.filter(isRunning), `seed ${seed}: workers outlive the one that started them`).toEqual([]);
    seen.push(done(campaign));
  }
  expect(new Set(seen.filter((count) => count > 0)).size, `seed ${seed}: ${seen}`).toBeGreaterThan(3);
  const { exitCode, stderr } = await start(campaign, 2);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
}
