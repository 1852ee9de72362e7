import { describe, expect, it, test } from 'vitest';
import type { CampaignSpec } from '../../src/campaign/campaign-spec.ts';
import { LOWERINGS } from '../../src/onnx/lowering/lowering.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { CAMPAIGN_WORDS } from '../../src/spec/tokens.ts';
import { CAMPAIGN, GOOD } from './example.ts';

const NEEDED = 'array os8; model "m.onnx"; data "x.npy"; sample exhaustive';

/** Read a campaign with one statement more than it needs, or another in the place of one. */
function campaign(statement = ''): CampaignSpec {
  const [word] = statement.split(' ');
  const others = NEEDED.split('; ').filter((needed) => needed.split(' ')[0] !== word);
  const text = `array os8 { ${GOOD} }\ncampaign c {\n${others.join('\n')}\n${statement}\n}`;
  return parseSpec(text, 'f.array').campaigns[0]!;
}

describe('a campaign', () => {
  it('gives all that its statements say', () => {
    const { arrays, campaigns } = parseSpec(CAMPAIGN, 'f.array');
    expect(campaigns).toEqual([
      {
        name: 'every_statement',
        array: arrays[0],
        model: 'lenet.onnx',
        data: [
          { input: 'x', path: 'images.gz', preprocess: 'nchw, scale 1/255' },
          { input: 'shift', path: 'shift.npy', preprocess: null },
        ],
        labels: 'labels.gz',
        images: { count: 100, order: 'random' },
        layers: ['conv1', 'conv2'],
        lowering: 'direct',
        channels: [0, 3, 5],
        population: {
          kinds: [
            { kind: 'stuck_at_1', value: null },
            { kind: 'flip', value: null },
            { kind: 'set', value: 15n },
          ],
          nodes: ['a', 'b', 'c'],
          bits: [
            { form: 'range', from: 0, to: 7 },
            { form: 'range', from: 31, to: 31 },
            { form: 'mask', mask: 3n },
          ],
          pes: [
            { from: [1, 1], to: [3, 3] },
            { from: [4, 4], to: [4, 4] },
          ],
          window: 'transient',
        },
        sampling: { method: 'margin', margin: 0.025, p: 0.2, each: true },
        strata: ['pe', 'bit'],
        confidence: 0.999,
        confidenceChanges: [0.05, 0.5],
        seed: 7,
      },
    ]);
  });

  it('needs an array, a model, data and a sample, and fills in the rest', () => {
    const { array, ...rest } = campaign();
    expect(array.name).toBe('os8');
    expect(rest).toEqual({
      name: 'c',
      model: 'm.onnx',
      data: [{ input: null, path: 'x.npy', preprocess: null }],
      labels: null,
      images: { count: null, order: 'file' },
      layers: null,
      lowering: 'im2col',
      channels: 'all',
      population: {
        kinds: [
          { kind: 'stuck_at_0', value: null },
          { kind: 'stuck_at_1', value: null },
        ],
        nodes: null,
        bits: null,
        pes: null,
        window: 'permanent',
      },
      sampling: { method: 'exhaustive' },
      strata: [],
      confidence: 0.95,
      confidenceChanges: [0.1, 0.2],
      seed: 1,
    });
  });

  test.each<[string, Partial<CampaignSpec>]>([
    ['images all', { images: { count: null, order: 'file' } }],
    ['images all random', { images: { count: null, order: 'random' } }],
    ['images 7', { images: { count: 7, order: 'file' } }],
    ['layers "/conv1/Conv", all', { layers: ['/conv1/Conv', 'all'] }],
    ['channels all', { channels: 'all' }],
    ['channels each', { channels: 'each' }],
    ['channels 0x10', { channels: [16] }],
    ['sample 1000', { sampling: { method: 'count', count: 1000, each: false } }],
    ['sample 1000 each; strata layer', { sampling: { method: 'count', count: 1000, each: true }, strata: ['layer'] }],
    ['sample margin 5%', { sampling: { method: 'margin', margin: 0.05, p: 0.5, each: false } }],
    [
      'sample margin 5 % each p 0.1 %; strata pe',
      { sampling: { method: 'margin', margin: 0.05, p: 0.001, each: true }, strata: ['pe'] },
    ],
    ['sample until 2.25 %', { sampling: { method: 'sequential', margin: 0.0225 } }],
    ['confidence 50 %', { confidence: 0.5 }],
    ['confidence 99.99 %', { confidence: 0.9999 }],
    ['outcomes confidence_change 100 %', { confidenceChanges: [1] }],
    ['seed 0', { seed: 0 }],
    ...LOWERINGS.map((lowering): [string, Partial<CampaignSpec>] => [`lowering ${lowering}`, { lowering }]),
  ])('takes %s', (statement, expected) => {
    expect(campaign(statement)).toMatchObject(expected);
  });

  test.each<[string, Partial<CampaignSpec['population']>]>([
    ['kinds set to 0, set to 1', { kinds: [0n, 1n].map((value) => ({ kind: 'set', value })) }],
    ['nodes first, s', { nodes: ['first', 's'] }],
    ['bits all', { bits: null }],
    ['bits 5 to 5', { bits: [{ form: 'range', from: 5, to: 5 }] }],
    ['bits mask 0b11, mask 0x7', { bits: [3n, 7n].map((mask) => ({ form: 'mask', mask })) }],
    ['pes all', { pes: null }],
    ['pes (-1, 0) to (2,\n 0)', { pes: [{ from: [-1, 0], to: [2, 0] }] }],
    ['window permanent', { window: 'permanent' }],
  ])('takes %s', (statement, expected) => {
    expect(campaign(statement).population).toMatchObject(expected);
  });

  it('may be written on one line, with the brace on its own line, before its array and beside others', () => {
    const one = `campaign c { ${NEEDED} }`;
    const two = `campaign d\n\n{;\n${NEEDED.replaceAll('; ', '\r\n')};;};`;
    const { campaigns } = parseSpec(`${one} array os8 { ${GOOD} } ${two}\n${one.replace(' c ', ' e ')}`, 'f.array');
    expect(campaigns).toEqual(['c', 'd', 'e'].map((name) => ({ ...campaign(), name })));
  });

  it('takes its statements in any order, the array last of all', () => {
    const reversed = NEEDED.split('; ').reverse().join('\n');
    expect(parseSpec(`campaign c {\n${reversed}\n}\narray os8\n{ ${GOOD} }`, 'f.array').campaigns).toEqual([
      campaign(),
    ]);
  });

  test.each([...CAMPAIGN_WORDS, 'campaign', 'fault', 'mask', 'margin', 'p', 'each', 'random'])(
    'leaves the word %s to names',
    (name) => {
      const text = `array ${name} { ${GOOD} }
fault ${name}: flip bit 0 of p at (0, 0)
campaign ${name} { ${NEEDED.replace('os8', name)}; layers ${name} }`;
      const { arrays, faults, campaigns } = parseSpec(text, 'f.array');
      expect([arrays[0]!.name, faults[0]!.name, campaigns[0]!.name, campaigns[0]!.layers]).toEqual([
        ...[name, name, name],
        [name],
      ]);
      expect(campaigns[0]!.array).toBe(arrays[0]);
    },
  );
});
