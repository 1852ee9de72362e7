import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Campaign, type CampaignOptions } from '../../../src/campaign/campaign.ts';
import type { CampaignSpec } from '../../../src/campaign/campaign-spec.ts';
import { EXPORT_TABLES } from '../../../src/campaign/export/columns.ts';
import { EXPORT_FORMATS, exportStore } from '../../../src/campaign/export/export-store.ts';
import { openStore } from '../../../src/campaign/store/open-store.ts';
import { parseSpec } from '../../../src/spec/parse.ts';
import { fileAt } from './models.ts';

const DIGITS = fileAt('examples/digits/');

/** What a campaign says; each entry takes the place of the statement of its name, and null leaves it out. */
export type Statements = Readonly<Record<string, string | null>>;

/** Write a campaign on the digits, with an array of 4 × 4 × 4, as a spec file. */
export function digitsCampaign(statements: Statements = {}, array: Statements = {}): string {
  const ofArray = {
    size: '4 x 4 x 4',
    projection: 'output_stationary',
    types: 'a: int8, b: int8, c: int32',
    fault_slots: '1',
    ...array,
  };
  const ofCampaign = {
    array: 'grid',
    model: JSON.stringify(`${DIGITS}digits-qlinear.onnx`),
    data: JSON.stringify(`${DIGITS}digits-images.npy`),
    labels: JSON.stringify(`${DIGITS}digits-labels.npy`),
    images: '2',
    layers: '"fc3"',
    sample: '40',
    ...statements,
  };
  return `array grid {\n${lines(ofArray)}}\ncampaign digits {\n${lines(ofCampaign)}}\n`;
}

/** The campaign of a text. */
export function specOf(text: string): CampaignSpec {
  const [spec] = parseSpec(text, 'digits.array').campaigns;
  return spec!;
}

/** Open a campaign on the digits in this process. */
export async function openDigits(
  statements: Statements = {},
  { array = {}, ...options }: CampaignOptions & { readonly array?: Statements } = {},
): Promise<Campaign> {
  return await Campaign.open(specOf(digitsCampaign(statements, array)), options);
}

/** Give the SHA-256 of the bytes of every export of a store, by format and table. */
export async function exportsOf(path: string): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'espalier-export-'));
  using store = openStore(path, { readonly: true });
  const exports: Record<string, string> = {};
  for (const format of EXPORT_FORMATS) {
    for (const table of EXPORT_TABLES) {
      const name = `${table}.${format}`;
      await exportStore(store, join(folder, name), { format, table });
      exports[name] = createHash('sha256')
        .update(await readFile(join(folder, name)))
        .digest('hex');
    }
  }
  await rm(folder, { recursive: true });
  return exports;
}

function lines(statements: Statements): string {
  return Object.entries(statements)
    .filter(([, said]) => said !== null)
    .map(([word, said]) => `  ${word} ${said}\n`)
    .join('');
}
