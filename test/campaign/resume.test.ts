import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { childrenOf, isRunning, until } from '../backend/support/processes.ts';
import { openWorkplace, type Workplace } from '../cli/support/espalier.ts';
import { digitsCampaign, exportsOf } from './support/digits-campaign.ts';
import { done as doneFaults, killRepeatedly, start as startCampaign } from './support/kill.ts';

const FAULTS = 2500;
const KILLS = 10;
const STORE = 'killed.campaign';

let place: Workplace;
let undisturbed: Record<string, string>;

beforeAll(async () => {
  place = await openWorkplace();
  const size = '8 x 8 x 8';
  const campaign = {
    images: '6',
    layers: '"conv2", "fc1"',
    kinds: 'stuck_at_0, stuck_at_1, flip',
    sample: String(FAULTS),
  };
  await place.text('digits.array', digitsCampaign(campaign, { size }));
  const { exitCode, stderr } = await place.run(['campaign', 'run', 'digits.array', '-o', 'whole.campaign', '--quiet']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  undisturbed = await exportsOf(place.path('whole.campaign'));
});

afterAll(() => place.remove());

const killed = () => ({ place, file: 'digits.array', store: STORE });
const start = (workers: number) => startCampaign(killed(), workers);
const done = () => doneFaults(killed());

describe('a campaign', () => {
  it(`that is killed ${KILLS} times is in the end, byte for byte, as if nothing had happened`, async () => {
    await killRepeatedly(killed(), KILLS);
    expect(await exportsOf(place.path(STORE))).toEqual(undisturbed);
    expect(await place.list()).toEqual(['digits.array', STORE, 'whole.campaign']);
    await rm(place.path(STORE));
  });

  // One alone: a fault whose second try dies as well is kept as an error, as it should be.
  it('one of whose workers is killed is the same in the end', async () => {
    await rm(place.path(STORE), { force: true });
    const child = start(2);
    await until(() => done() > 0 || !isRunning(child.pid!), 20_000);
    const [worker] = childrenOf(child.pid!);
    process.kill(worker!, 'SIGKILL');
    const { exitCode, stderr } = await child;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(await exportsOf(place.path(STORE))).toEqual(undisturbed);
  });

  it.each([
    ['its group, as from a terminal', -1],
    ['itself alone', 1],
  ])('ends in order by Ctrl-C for %s, and says how to go on', async (_, sign) => {
    await rm(place.path(STORE), { force: true });
    const child = start(2);
    await until(() => done() > 0, 20_000);
    const workers = childrenOf(child.pid!);
    expect(workers).toHaveLength(2);
    process.kill(sign * child.pid!, 'SIGINT');
    const { exitCode, stdout, stderr } = await child;
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 130,
      stdout: '',
      stderr: `espalier: "espalier campaign resume ${STORE}" goes on where it stopped\nespalier: stopped`,
    });
    expect(workers.filter(isRunning)).toEqual([]);
    expect(done()).toBeLessThan(FAULTS);
    expect(await place.list()).toEqual(['digits.array', STORE, 'whole.campaign']);
  });

  it('that was stopped by Ctrl-C is gone on with by what it says then', async () => {
    expect((await start(1)).exitCode).toBe(0);
    expect(await exportsOf(place.path(STORE))).toEqual(undisturbed);
  });
});
