import { copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStoredCampaign } from '../../../src/campaign/replay/open-stored-campaign.ts';
import { openStore } from '../../../src/campaign/store/open-store.ts';
import { type CampaignFolder, digitsFolder, writeStore } from './support/digits-campaign.ts';

let place: CampaignFolder;

beforeEach(async () => {
  place = digitsFolder();
  const campaign = await place.open();
  await writeStore(campaign, place, 'digits.store', []);
  await campaign.close();
});

afterEach(() => place.remove());

/** Open the campaign of the store and give its name, or what is wrong. */
async function open(reference?: string): Promise<string> {
  const store = openStore(place.path('digits.store'), { readonly: true });
  try {
    const campaign = await openStoredCampaign(store, { reference });
    await campaign.close();
    return campaign.spec.name;
  } catch (error) {
    return (error as Error).message;
  } finally {
    store.close();
  }
}

/** Replace a text in the file of the campaign. */
function edit(from: string, to: string): void {
  const path = place.path('digits.campaign');
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
}

/** Change a number of a file. */
function flipLastBit(name: string): void {
  const bytes = readFileSync(place.path(name));
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(place.path(name), bytes);
}

describe('openStoredCampaign', () => {
  it('finds the file beside the store, and of its campaigns the one that ran', async () => {
    expect(await open()).toBe('digits');
  });

  it('takes a file with another name, and of it the campaign that ran', async () => {
    renameSync(place.path('digits.campaign'), place.path('other.campaign'));
    expect(await open()).toBe(
      `cannot find digits.campaign, the file of campaign digits, beside ${place.path('digits.store')} or here: say where with --campaign FILE:digits`,
    );
    expect(await open(place.path('other.campaign'))).toBe('digits');
    expect(await open(`${place.path('other.campaign')}:digits`)).toBe('digits');
  });

  it('refuses a campaign of another name', async () => {
    expect(await open(`${place.path('digits.campaign')}:transient`)).toBe(
      `the store ${place.path('digits.store')} is of campaign digits, received campaign transient`,
    );
  });

  it.each([
    ["the campaign's text has", () => edit('seed 3', 'seed 4')],
    ['the design of the array has', () => edit('size 4 x 4 x 4', 'size 4 x 4 x 5')],
    ['the data set has', () => flipLastBit('images.npy')],
    ['the labels have', () => flipLastBit('labels.npy')],
  ])('refuses to replay when %s changed', async (part, change) => {
    change();
    expect(await open()).toMatch(new RegExp(`^the campaign cannot be replayed: ${part} changed since it began \\(`));
  });

  it('refuses to replay on another model', async () => {
    const other = digitsFolder('convinteger');
    copyFileSync(other.path('model.onnx'), place.path('model.onnx'));
    other.remove();
    expect(await open()).toMatch(/^the campaign cannot be replayed: the model has changed since it began \(/);
  });
});
