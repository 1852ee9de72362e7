import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DoneFault } from '../../src/campaign/store/fault-row.ts';
import type { ReplayDocument } from '../../src/cli/campaign-replay-document.ts';
import { planJob } from '../../src/schedule/plan.ts';
import { type CampaignFolder, digitsFolder, writeStore } from '../campaign/replay/support/digits-campaign.ts';
import { openWorkplace, type Workplace } from './support/espalier.ts';

let campaigns: CampaignFolder;
let place: Workplace;

/** The transient campaign runs layer conv2 in so many products, one per channel. */
const PRODUCTS = 6;

const SHOWN = `fault 3 of digits: stuck_at_1 bit 5 of a at (3, 4), layer conv1; os4 on the functional backend

image 0: the fault changed a bit in 9,771 cycles of product 0, and its result
195 changed sums, pattern: column (one channel)
[channel, y, x]  int32 without   with  bits without  with
[3, 0, 2]                   76  -2772  0x0000004c    0xfffff52c
[3, 0, 6]                  -69  -2917  0xffffffbb    0xfffff49b
[3, 0, 10]                1251  -2141  0x000004e3    0xfffff7a3
[3, 0, 14]               16696  10552  0x00004138    0x00002938
[3, 0, 18]               14554   8218  0x000038da    0x0000201a
[3, 0, 22]                -513  -3361  0xfffffdff    0xfffff2df
[3, 0, 26]                 371  -2477  0x00000173    0xfffff653
[3, 1, 2]                  197  -2651  0x000000c5    0xfffff5a5
and 187 more
what                  name          shape            elements  changed  largest difference
sums of the array                   1×6×28×28 int32     4,704      195                6400
result of the layer   conv1         1×6×28×28 uint8     4,704       59                  17
input of layer conv2  pool1         1×6×14×14 uint8     1,176       23                   8
input of layer fc1    flatten       1×400 uint8           400      101                   2
input of layer fc2    fc1_quantize  1×120 uint8           120        9                   2
input of layer fc3    fc2_quantize  1×84 uint8             84        7                   2
output of the model   logits        1×10 float32           10        2            0.289223
class  score without      with
    0        28.6623   28.6623
    1       -2.55893  -2.55893
    2        6.35207   6.35207
    3       -10.7184  -10.7184
    4       -8.09992  -8.09992
    5      -0.885595  -1.17482
    6        6.65895   6.65895
    7       -15.3489  -15.3489
    8        7.52667   7.23745
    9        3.45873   3.45873
top class: 0 → 0; confidence in class 0: 1 → 1, a change of 1.66e-8 %
outcome: non-critical, as in the store
`;

test('a waveform is not written over a store', async () => {
  const path = campaigns.path('digits.store');
  const args = ['campaign', 'replay', path, '3', '--campaign', campaigns.path('digits.campaign'), '--vcd', path];
  const before = await readFile(path);
  const { exitCode, stderr } = await place.run(args);
  expect([exitCode, stderr]).toEqual([2, `espalier: cannot write ${path}: it is a store, which would be lost\n`]);
  expect(await readFile(path)).toEqual(before);
});

beforeAll(async () => {
  place = await openWorkplace();
  campaigns = digitsFolder();
  const digits = await campaigns.open();
  await writeStore(digits, campaigns, 'digits.store', [3, 7]);
  await writeStore(digits, campaigns, 'doctored.store', [3], corruptMore);
  await writeStore(digits, campaigns, 'failed.store', [3], fail);
  await digits.close();
});

afterAll(async () => {
  await place.remove();
  campaigns.remove();
});

function corruptMore(done: DoneFault): DoneFault {
  const { outcome } = done;
  const images = outcome.images.map((image) => ({ ...image, corrupted: image.corrupted + 1, sdc5: true }));
  return { ...done, outcome: { ...outcome, images } };
}

function fail(done: DoneFault): DoneFault {
  return { ...done, outcome: { ...done.outcome, images: [], error: 'out of memory' } };
}

function replay(store: string, ...args: readonly string[]) {
  return place.run(['campaign', 'replay', campaigns.path(store), ...args]);
}

describe('campaign replay', () => {
  test('shows what a fault changes, from the array to the outputs, and holds it against the store', async () => {
    const { stdout, stderr, exitCode } = await replay('digits.store', '3');
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(stdout).toBe(SHOWN);
  });

  test('--json prints one document, an image for each --image', async () => {
    const { stdout, exitCode } = await replay('digits.store', '7', '--json', '--image', '4', '--image', '3');
    expect(exitCode).toBe(0);
    const { images, ...document } = JSON.parse(stdout) as ReplayDocument;
    expect(document).toEqual({
      campaign: 'digits',
      array: 'os4',
      backend: 'functional',
      n: 7,
      fault: expect.stringMatching(/ at \(\d, \d\)$/),
      layer: expect.any(String),
      channel: null,
      product: null,
      waveform: null,
      stored: { error: null, differences: [] },
      same: true,
    });
    expect(images.map(({ image, class: of }) => [image, of])).toEqual([
      [4, 'sdc_1'],
      [3, 'non_critical'],
    ]);
  });

  test('exits with 1 and says what differs when the store says something else', async () => {
    const { stdout, exitCode } = await replay('doctored.store', '3');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /\noutcome: non-critical\ndiffers from the store: SDC-5 was true, is false\ndiffers from the store: corrupted sums was 196, is 195\n$/,
    );
  });

  test('replays a fault that the campaign has not run, or could not run', async () => {
    const { stdout, exitCode } = await replay('digits.store', '4');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^fault 4 of digits: .*\nthe campaign has not run it: there is nothing to compare\n/);
    const failed = await replay('failed.store', '3');
    expect(failed.exitCode).toBe(0);
    expect(failed.stdout).toMatch(/^fault 3 of digits: .*\nthe campaign could not run it: out of memory\n/);
    expect(failed.stdout).toMatch(/\noutcome: non-critical\n$/);
  });

  test.each([
    [['40'], 'campaign digits has the faults 0 to 39, received fault 40'],
    [['3', '--image', '9'], 'image 9 is not one of the 5 images of campaign digits: 0, 1, 2, 3, 4'],
    [
      ['3', '--backend', 'cycle', '--vcd', 'x.vcd'],
      'only the rtl backend has signals to write a waveform of, received backend cycle',
    ],
    [
      ['3', '--backend', 'rtl', '--vcd', 'nowhere/x.vcd'],
      'cannot write nowhere/x.vcd: the folder nowhere does not exist',
    ],
  ])('refuses %j', async (args, message) => {
    const { stdout, stderr, exitCode } = await replay('digits.store', ...args);
    expect({ stdout, stderr, exitCode }).toEqual({ stdout: '', stderr: `espalier: ${message}\n`, exitCode: 2 });
  });
});

describe('campaign replay on the RTL', () => {
  test('shows what the simulator shows, and writes the waveform of a product', async () => {
    const transient = await campaigns.open('transient');
    const faults = Array.from({ length: transient.sample.planned }, (_, n) => transient.fault(n));
    const { n, product } = faults.find((fault) => (fault.product ?? 0) > 0)!;
    expect(transient.layers[faults[n]!.layer]!.products).toHaveLength(PRODUCTS);
    await writeStore(transient, campaigns, 'transient.store', [n]);
    const { m, k, n: columns } = transient.layers[faults[n]!.layer]!.products[product!]!;
    const { cycles } = planJob(transient.design, m, k, columns);
    await transient.close();
    const args = ['--backend', 'rtl', '--vcd', 'x.vcd', '--json'];
    const rtl = await replay('transient.store', String(n), ...args);
    expect(rtl.stderr).toBe('');
    const document = JSON.parse(rtl.stdout) as ReplayDocument;
    const functional = JSON.parse((await replay('transient.store', String(n), '--json')).stdout) as ReplayDocument;
    const { image } = document.images[0]!;
    expect(document).toEqual({ ...functional, backend: 'rtl', waveform: { path: 'x.vcd', image, product } });
    expect(document.same).toBe(true);
    const times = (await readFile(place.path('x.vcd'), 'latin1')).match(/^#\d+$/gm)!;
    // Ten units of time are a cycle.
    expect(Math.ceil(Number(times.at(-1)!.slice(1)) / 10)).toBe(cycles);
  });
});
