import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MASKED_STAGES, type Outcome, PATTERNS } from '../../../../src/campaign/outcome.ts';
import type { DoneFault } from '../../../../src/campaign/store/fault-row.ts';
import type { NewCampaign } from '../../../../src/campaign/store/open-store.ts';
import type { CampaignRecord } from '../../../../src/campaign/store/record.ts';
import { STORE_FORMAT } from '../../../../src/campaign/store/schema.ts';
import { randomStream } from '../../../../src/check/random.ts';
import { resolveFault } from '../../../../src/fault/resolve.ts';
import { parseFault } from '../../../../src/spec/parse.ts';
import { designOf } from '../../../design/support/arrays.ts';

const design = designOf();

export const RECORD: CampaignRecord = {
  format: STORE_FORMAT,
  name: 'made_up',
  file: 'made-up.campaign',
  text: 'campaign made_up {\n  seed 1\n}\n',
  seed: 42,
  versions: { espalier: '0.1.0', node: '24.21.0', onnxruntime: '1.30.0', processor: 'x64, made up' },
  backend: 'functional',
  ownPieces: [],
  hashes: {
    campaign: 'c0'.repeat(32),
    design: 'de'.repeat(32),
    model: '3f'.repeat(32),
    data: 'da'.repeat(32),
    labels: '1a'.repeat(32),
  },
  array: {
    name: design.name,
    text: 'array os {\n}\n',
    size: design.spec.size,
    matrix: design.spec.projection.matrix,
    types: design.spec.types,
    pes: design.pes.map(({ x, y }) => [x, y]),
  },
  layers: ['conv1', 'the "second", fc'],
  images: [7, 3, 11],
  strata: [
    { label: 'layer conv1', live: 1000, dead: 24, planned: 40 },
    { label: 'layer the "second", fc', live: 500, dead: 0, planned: 20 },
  ],
  window: 'permanent',
  sampling: { method: 'count', count: 60, each: false },
  confidence: 0.95,
  confidenceChanges: [0.1, 0.2],
  planned: 60,
};

export const CAMPAIGN: NewCampaign = {
  record: RECORD,
  domains: [
    { dimension: 'all', value: '', live: 1500, dead: 24 },
    { dimension: 'pe', value: '1,2', live: 250, dead: 4 },
  ],
  clean: [
    { layer: 0, image: 7, prediction: 3, confidence: 0.875, correct: true },
    { layer: 0, image: 11, prediction: 9, confidence: 0.1, correct: false },
    { layer: 1, image: 3, prediction: null, confidence: null, correct: null },
  ],
};

const TEXTS = [
  'stuck_at_0 bit 7 of a at (1, 1)',
  'stuck_at_1 bits 0x3 of b at (2, 1)',
  'flip bit 31 of c at (3, 2) cycles =5',
  'set bit 4 to 1 of b_out at (1, 2) cycles =0 tile 3',
];

/** Make up what fault n is and did to images; a pure function of its number. */
export function doneFault(n: number, images: readonly number[] = RECORD.images): DoneFault {
  const random = randomStream(1, n);
  const fault = resolveFault(design, parseFault(random.pick(TEXTS)));
  const layer = random.int(0, 1);
  const product = fault.window.to === 0 || fault.window.to === 5 ? random.int(0, 99) : null;
  const channel = random.chance(1, 2) ? random.int(0, 15) : null;
  const failed = n % 13 === 12;
  return {
    fault: { n, stratum: layer, layer, channel, product, productCycle: product === null ? null : n, fault },
    outcome: {
      n,
      images: failed ? [] : images.map((image) => outcome(image, random.int(0, 3), random.word())),
      error: failed ? 'layer "fc", again:\nout of memory' : null,
    },
    correct: failed ? null : random.int(0, images.length),
    cleanCorrect: failed ? null : images.length,
  };
}

function outcome(image: number, kind: number, word: number): Outcome {
  const differs = kind >= 2;
  return {
    image,
    fired: kind > 0,
    stage: kind === 1 ? MASKED_STAGES[Math.abs(word) % MASKED_STAGES.length]! : null,
    maskedBefore: kind === 1 && word % 2 === 0 ? 'pool,2' : null,
    prediction: Math.abs(word) % 10,
    sdc1: kind === 3,
    sdc5: kind === 3 && word > 0,
    confidenceChange: kind === 0 ? 0 : word % 5 === 0 ? null : word / 2 ** 31,
    nonFinite: differs && word % 7 === 0,
    corrupted: differs ? Math.abs(word) % 1000 : 0,
    pattern: differs ? PATTERNS[Math.abs(word) % PATTERNS.length]! : null,
  };
}

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'espalier-store-'));
}
