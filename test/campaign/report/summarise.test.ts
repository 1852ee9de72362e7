import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OUTCOME_CLASSES } from '../../../src/campaign/outcome.ts';
import type { CampaignSummary } from '../../../src/campaign/report/campaign-summary.ts';
import { readSummary } from '../../../src/campaign/report/summarise.ts';
import { openStore } from '../../../src/campaign/store/open-store.ts';
import { fillStore, SMALL } from './support/fill-store.ts';
import { type HandFault, type HandStore, type Result, writeHandStore } from './support/hand-store.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'espalier-report-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
function summaryOf(store: HandStore): CampaignSummary {
  const path = join(folder, `hand-${count++}.db`);
  writeHandStore(path, store);
  return readSummary(path);
}

const fault = (...results: Result[]): HandFault => ({ results });
const ALL = [{ label: 'all', live: 4, dead: 4 }];
const FOUR = [fault('s', 'n'), fault('-', 'later'), fault('array', 'array'), fault('-', '-')];

describe('the summary of a store that is drawn as a whole', () => {
  it('counts each pair of fault and image once, and dead faults as masked', () => {
    const { classes, stages, accounting } = summaryOf({ faults: FOUR, strata: ALL });
    const exactly = (share: number) => ({
      estimate: share,
      wilson: [share, share],
      clopperPearson: [share, share],
    });
    expect(classes).toEqual([
      { name: 'not_fired', share: exactly(3 / 16) },
      { name: 'masked', share: exactly(11 / 16) },
      { name: 'non_critical', share: exactly(1 / 16) },
      { name: 'sdc_1', share: exactly(1 / 16) },
    ]);
    expect(stages.map(({ share }) => share?.estimate)).toEqual([2 / 16, 0, 0, 1 / 16, 0]);
    expect(accounting).toMatchObject({ live: 4, dead: 4, planned: 4, run: 4, errors: 0, runs: 8 });
  });

  it('leaves out faults that could not be run, and faults after the end of sequential sampling', () => {
    const faults = [...FOUR, { results: [], error: 'no memory' }, fault('s', 's')];
    const summary = summaryOf({ faults, strata: ALL, keys: { ended: 5 } });
    const whole = summaryOf({ faults: FOUR, strata: ALL });
    expect(summary.classes).toEqual(whole.classes);
    expect(summary.mostHarmful).toEqual(whole.mostHarmful);
    expect(summary.accounting).toMatchObject({ planned: 6, run: 4, errors: 1 });
  });

  it('tells the layer before which a fault was masked, and the patterns of wrong sums', () => {
    const { maskedBefore, patterns } = summaryOf({ faults: FOUR, strata: ALL });
    expect(maskedBefore).toEqual([{ layer: 'fc', runs: 1 }]);
    expect(patterns.map(({ share, sdc1 }) => [share?.estimate, sdc1])).toEqual([
      [0, null],
      [2 / 16, 0.5],
      [0, null],
      [0, null],
      [0, null],
    ]);
  });

  it('counts a confidence that changed by more than asked either way, or became no number', () => {
    const faults = [-0.2, 0.1, 0.11, null].map((confidenceChange) => ({
      results: ['n', 'n'] as const,
      confidenceChange,
      nonFinite: confidenceChange === null,
    }));
    const { confidenceChanges, nonFinite } = summaryOf({ faults, strata: ALL });
    expect(confidenceChanges).toMatchObject([{ change: 0.1, share: { estimate: 3 / 8 } }]);
    expect(nonFinite?.estimate).toBe(1 / 8);
  });

  it('tells the change of accuracy in the population', () => {
    const faults = FOUR.map((one, at) => (at === 0 ? { ...one, correct: 1 } : one));
    const { accuracy } = summaryOf({ faults, strata: ALL });
    expect(accuracy).toMatchObject({ clean: 1, change: { estimate: -0.5 / 8, wilson: [-0.5 / 8, -0.5 / 8] } });
  });

  it('puts the most harmful faults first, and equal ones by their numbers', () => {
    const faults = [fault('n', '-'), fault('s', '-'), { ...fault('s', '-'), correct: 0 }, fault('array', '-')];
    const { mostHarmful } = summaryOf({ faults, strata: ALL });
    expect(mostHarmful.map(({ n }) => n)).toEqual([2, 1, 0]);
    expect(mostHarmful[0]).toEqual({
      n: 2,
      layer: 'fc',
      text: 'flip of fault 2',
      sdc1: 0.5,
      sdc5: 0,
      changed: 0.5,
      accuracyChange: -1,
    });
  });
});

describe('the summary of a stratified sample', () => {
  const strata = [
    { label: 'small', live: 10, dead: 0 },
    { label: 'large', live: 90, dead: 100 },
  ];
  const faults: HandFault[] = [
    { ...fault('s', 's'), stratum: 0, node: 'a', bit: 0 },
    { ...fault('-', '-'), stratum: 0, node: 'c', bit: 1 },
    { ...fault('-', 's'), stratum: 1, node: 'a', bit: 1 },
    { ...fault('-', '-'), stratum: 1, node: 'a', bit: 1 },
    { ...fault('-', '-'), stratum: 1, node: 'c', mask: '0xf0' },
  ];
  const domains = [
    ['node', 'a', 52, 48],
    ['node', 'c', 44, 52],
    ['node', 'p', 0, 4],
    ['node', 'b', 4, 0],
  ] as const;
  let summary: CampaignSummary;
  beforeAll(() => {
    summary = summaryOf({ faults, strata, domains });
  });

  it('weighs strata by their size', () => {
    expect(summary.classes[3]!.share?.estimate).toBeCloseTo((10 * 0.5 + 90 * (0.5 / 3)) / 200, 12);
  });

  it('estimates groups that cut across strata by the size that they have', () => {
    // Of a, one fault of stratum 0 stands for 5 and two of stratum 1 for 60: 65 where it has 52, so for 4 and 48.
    const [a, b, c, p] = summary.nodes;
    expect(a).toMatchObject({ value: 'a', run: 3, population: { live: 52, dead: 48 } });
    expect(a!.shares!.sdc_1.estimate).toBeCloseTo((4 * 1 + 48 * 0.25) / 100, 12);
    expect(c!.shares!.masked.estimate).toBeCloseTo(52 / 96, 12);
    expect(b).toEqual({ value: 'b', population: { live: 4, dead: 0 }, run: 0, errors: 0, shares: null });
    expect(p!.shares!.masked).toEqual({ estimate: 1, wilson: [1, 1], clopperPearson: [1, 1] });
  });

  it('groups single bits by number and several at once by mask', () => {
    expect(summary.bits.map(({ value, run }) => [value, run])).toEqual([
      ['0', 1],
      ['1', 3],
      ['0xf0', 1],
    ]);
    expect(summary.nodeBits.map(({ node, bit, run, population }) => [node, bit, run, population])).toEqual([
      ['a', 0, 1, null],
      ['a', 1, 2, null],
      ['c', 1, 1, null],
    ]);
  });
});

describe('the summary of a made-up campaign', () => {
  it.each([
    ['simple', SMALL],
    ['stratified by layer', { ...SMALL, byLayer: true }],
    ['transient', { ...SMALL, cycles: 30 }],
    ['not finished', { ...SMALL, done: 100, errorEvery: 7 }],
  ])('agrees with a plain count over its rows when it is %s', (name, made) => {
    const path = join(folder, `${name}.db`);
    fillStore(path, made);
    const summary = readSummary(path);
    const sum = plainCount(path);
    const { live, dead } = summary.accounting;
    for (const { name: outcome, share } of summary.classes) {
      const known = outcome === 'masked' ? dead : 0;
      expect(share!.estimate).toBeCloseTo((sum(outcome) + known) / (live + dead), 10);
      expect(share!.wilson[0]).toBeLessThan(share!.estimate);
      expect(share!.wilson[1]).toBeGreaterThan(share!.estimate);
    }
    const total = summary.classes.reduce((all, { share }) => all + share!.estimate, 0);
    expect(total).toBeCloseTo(1, 10);
    expect(summary.pes).toHaveLength(16);
    expect(summary.cycles.reduce((all, { run }) => all + run, 0)).toBe(made.cycles === null ? 0 : 300);
  });

  it('is frozen', () => {
    const path = join(folder, 'frozen.db');
    fillStore(path, SMALL);
    const summary = readSummary(path);
    expect(() => Object.assign(summary.classes[0]!, { share: null })).toThrow(TypeError);
  });

  it('tells of a campaign of which nothing has run', () => {
    const path = join(folder, 'nothing.db');
    fillStore(path, { ...SMALL, done: 0 });
    const { classes, accuracy, mostHarmful, accounting } = readSummary(path);
    expect(classes.map(({ share }) => share)).toEqual([null, null, null, null]);
    expect(accuracy?.change).toBeNull();
    expect(mostHarmful).toEqual([]);
    expect(accounting).toMatchObject({ run: 0, planned: 300 });
  });
});

/** Sum the shares of each class over live faults, each stratum's mean times its size. */
function plainCount(path: string): (outcome: string) => number {
  using store = openStore(path, { readonly: true });
  const { strata } = store.record;
  const stratumOf = new Map([...store.faults()].map(({ n, stratum }) => [n, stratum]));
  const pairs = [...store.outcomes()].map((outcome) => {
    const reached = outcome.stage === null ? (outcome.sdc1 ? 'sdc_1' : 'non_critical') : 'masked';
    return { stratum: stratumOf.get(outcome.fault)!, name: outcome.fired ? reached : 'not_fired' };
  });
  expect(new Set(pairs.map(({ name }) => name))).toEqual(new Set(OUTCOME_CLASSES));
  return (outcome) =>
    strata.reduce((sum, { live }, at) => {
      const mine = pairs.filter(({ stratum }) => stratum === at);
      return sum + (live * mine.filter(({ name }) => name === outcome).length) / mine.length;
    }, 0);
}
