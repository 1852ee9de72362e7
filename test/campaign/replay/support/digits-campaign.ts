import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Campaign } from '../../../../src/campaign/campaign.ts';
import { beginStore } from '../../../../src/campaign/start-campaign.ts';
import type { DoneFault } from '../../../../src/campaign/store/fault-row.ts';
import { loadSpec } from '../../../../src/spec/load.ts';

const DIGITS = fileURLToPath(new URL('../../../../examples/digits/', import.meta.url));

/** A file of two campaigns; under its lowering, layer conv2 of the second one runs six products that hand on their sums. */
const textOf = (types: string) => `array os4 {
  size 4 x 4 x 4
  projection output_stationary
  types ${types}
}
campaign digits {
  array os4
  model "model.onnx"
  data "images.npy"
  labels "labels.npy"
  images 5
  kinds stuck_at_1, flip
  nodes a, b, c
  sample 40
  seed 3
}
campaign transient {
  array os4
  model "model.onnx"
  data "images.npy"
  images 2
  lowering single_channel
  channels each
  kinds flip
  window transient
  sample 30
}
`;

/** A folder with a campaign and all its files. */
export interface CampaignFolder {
  readonly folder: string;
  path(name: string): string;
  open(name?: string): Promise<Campaign>;
  remove(): void;
}

export function digitsFolder(model: 'qlinear' | 'convinteger' | 'float32' = 'qlinear'): CampaignFolder {
  const folder = mkdtempSync(join(tmpdir(), 'espalier-replay-'));
  const path = (name: string): string => join(folder, name);
  const types = model === 'float32' ? 'a: float32, b: float32' : 'a: int8, b: int8, c: int32';
  writeFileSync(path('digits.campaign'), textOf(types));
  copyFileSync(`${DIGITS}digits-${model}.onnx`, path('model.onnx'));
  copyFileSync(`${DIGITS}digits-images.npy`, path('images.npy'));
  copyFileSync(`${DIGITS}digits-labels.npy`, path('labels.npy'));
  return {
    folder,
    path,
    open: (name = 'digits') => {
      const spec = loadSpec(path('digits.campaign')).campaigns.find((campaign) => campaign.name === name);
      return Campaign.open(spec!, { folder });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Run some faults of a campaign into a new store; `doctor` may change what is written down. */
export async function writeStore(
  campaign: Campaign,
  { folder, path }: CampaignFolder,
  store: string,
  numbers: readonly number[],
  doctor: (done: DoneFault) => DoneFault = (done) => done,
): Promise<void> {
  const opened = await beginStore(path(store), campaign, { file: path('digits.campaign'), folder });
  const outcomes = await campaign.run(numbers);
  opened.add(
    numbers.map((n, at) =>
      doctor({
        fault: campaign.fault(n),
        outcome: { n, images: outcomes[at]!, error: null },
        correct: null,
        cleanCorrect: null,
      }),
    ),
  );
  opened.close();
}
