import { describe, expect, it, test } from 'vitest';
import { assertSame } from '../../../src/campaign/store/assert-same.ts';
import type { CampaignRecord } from '../../../src/campaign/store/record.ts';
import { FileError } from '../../../src/errors.ts';
import { RECORD } from './support/made-up-campaign.ts';

type Changes = {
  readonly text?: string;
  readonly backend?: CampaignRecord['backend'];
  readonly ownPieces?: readonly string[];
  readonly hashes?: Partial<CampaignRecord['hashes']>;
  readonly versions?: Partial<CampaignRecord['versions']>;
};

const changed = ({ hashes, versions, ...others }: Changes): CampaignRecord => ({
  ...RECORD,
  ...others,
  hashes: { ...RECORD.hashes, ...hashes },
  versions: { ...RECORD.versions, ...versions },
});

const NEW = '0123456789ab'.padEnd(64, 'f');

describe('a campaign', () => {
  it('is resumed when nothing has changed that its outcomes depend on', () => {
    expect(() => assertSame(RECORD, { ...changed({}) })).not.toThrow();
  });

  test.each<[what: string, now: Changes, sentence: string]>([
    [
      'text',
      { hashes: { campaign: NEW }, text: RECORD.text.replace('seed 1', 'seed 2') },
      "the campaign's text has changed since it began (seed 1 → seed 2)",
    ],
    [
      'design',
      { hashes: { design: NEW } },
      'the design of the array has changed since it began (dededededede… → 0123456789ab…)',
    ],
    ['model', { hashes: { model: NEW } }, 'the model has changed since it began (3f3f3f3f3f3f… → 0123456789ab…)'],
    ['data', { hashes: { data: NEW } }, 'the data set has changed since it began (dadadadadada… → 0123456789ab…)'],
    ['labels', { hashes: { labels: null } }, 'the labels have changed since it began (1a1a1a1a1a1a… → none)'],
    [
      'Espalier',
      { versions: { espalier: '0.2.0' } },
      'the version of Espalier has changed since it began (0.1.0 → 0.2.0)',
    ],
    [
      'Node.js',
      { versions: { node: '25.0.0' } },
      'the version of Node.js has changed since it began (24.21.0 → 25.0.0)',
    ],
    [
      'ONNX Runtime',
      { versions: { onnxruntime: '1.31.0' } },
      'the version of ONNX Runtime has changed since it began (1.30.0 → 1.31.0)',
    ],
    [
      'processor',
      { versions: { processor: 'arm64' } },
      'the processor has changed since it began (x64, made up → arm64)',
    ],
    ['backend', { backend: 'rtl' }, 'the backend has changed since it began (functional → rtl)'],
    [
      'own pieces',
      { ownPieces: ['sampler', 'classifier'] },
      'the own pieces have changed since it began (none → sampler and classifier)',
    ],
    [
      'several of them',
      { hashes: { model: NEW, labels: NEW }, versions: { node: '25.0.0' } },
      'the model, the labels and the version of Node.js have changed since it began ' +
        '(3f3f3f3f3f3f… → 0123456789ab…, 1a1a1a1a1a1a… → 0123456789ab…, 24.21.0 → 25.0.0)',
    ],
  ])('is not resumed with other %s, and says so', (_, now, sentence) => {
    expect(() => assertSame(RECORD, changed(now))).toThrow(
      new FileError(`the campaign cannot be resumed: ${sentence}`),
    );
  });

  it('is not resumed when hashes differ beyond the digits that are shown', () => {
    const model = `${RECORD.hashes.model.slice(0, 63)}0`;
    expect(() => assertSame(RECORD, changed({ hashes: { model } }))).toThrow('the model has changed');
  });
});
