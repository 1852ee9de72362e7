import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Estimate } from '../../../src/campaign/report/campaign-summary.ts';
import { type CampaignReport, reportCampaign } from '../../../src/campaign/report/report-campaign.ts';
import { checkMarkup } from './support/check-markup.ts';
import { fillStore, type MadeCampaign, NO_LOCAL_REUSE, SMALL } from './support/fill-store.ts';

const TRANSIENT: MadeCampaign = {
  ...SMALL,
  matrix: NO_LOCAL_REUSE,
  cycles: 30,
  byLayer: true,
  errorEvery: 50,
  keys: { name: 'hex <&> "it\'s"', validation: { share: 0.01, faults: 3, images: 20, differing: 0 } },
};

let folder: string;
let simple: CampaignReport;
let transient: CampaignReport;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'espalier-report-'));
  simple = await reportOf('simple.db', SMALL);
  transient = await reportOf('transient store.db', TRANSIENT);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function reportOf(name: string, made: MadeCampaign): Promise<CampaignReport> {
  const path = join(folder, name);
  fillStore(path, made);
  return reportCampaign(path);
}

const figureOf = ({ figures }: CampaignReport, name: string) => figures.find((figure) => figure.name === name)!.svg;
const textsOf = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text!);
const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].length;

describe('a report', () => {
  it.each([
    ['a simple one', () => simple],
    ['a transient one', () => transient],
  ])('is well-formed, needs no other file and names no address: %s', (_, report) => {
    const { html, figures } = report();
    for (const text of [html, ...figures.map(({ svg }) => svg)]) {
      expect(() => checkMarkup(text)).not.toThrow();
      expect(text.replaceAll('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:|url\(|@import|src=|href=/);
    }
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has the same bytes when it is made again, wherever the store lies', async () => {
    const again = await reportOf('simple.db-copy', SMALL);
    const { html, figures } = await reportCampaign(join(folder, 'simple.db-copy'), { storeName: 'simple.db' });
    expect(html === simple.html).toBe(true);
    expect(figures).toEqual(simple.figures);
    expect(again.html).not.toBe(simple.html);
  });

  it('has the figures that its data allow', () => {
    const names = ['outcomes', 'stages', 'bits', 'nodes', 'layers', 'kinds', 'pes', 'patterns'];
    expect(simple.figures.map(({ name }) => name)).toEqual(names);
    expect(transient.figures.map(({ name }) => name)).toEqual(names.toSpliced(6, 0, 'cycles'));
  });

  it('says in its tables what the summary holds, rounded no further than to a fifth of the interval', () => {
    const { classes, sdc5, nonFinite, confidenceChanges, stages, nodes, layers } = simple.summary;
    const rows: [string, Estimate | null | undefined][] = [
      ...classes.map(({ name, share }): [string, Estimate | null] => [
        { not_fired: 'not fired', masked: 'masked', non_critical: 'non-critical', sdc_1: 'SDC-1' }[name],
        share,
      ]),
      ['SDC-5', sdc5],
      ['SDC-10 %', confidenceChanges[0]!.share],
      ['SDC-20 %', confidenceChanges[1]!.share],
      ['NaN or infinity', nonFinite],
      ['in the array', stages[0]!.share],
      ...[...nodes, ...layers].map(({ value, shares }): [string, Estimate | undefined] => [value, shares?.not_fired]),
    ];
    for (const [name, share] of rows) {
      const row = new RegExp(`<tr><th scope="row">${name}</th>.*?<data value="(0\\.[\\de-]+)">([^<]*)</data>`);
      const [, value, text] = row.exec(simple.html)!;
      const [, middle, lower, upper] = /^([\d.]+) % \[([\d.]+), ([\d.]+)\]$/.exec(text!)!;
      expect(Number(value)).toBe(share!.estimate);
      const width = 100 * (share!.wilson[1] - share!.wilson[0]);
      for (const [shown, exact] of [
        [middle, share!.estimate],
        [lower, share!.wilson[0]],
        [upper, share!.wilson[1]],
      ] as const) {
        expect(Math.abs(Number(shown) - 100 * exact)).toBeLessThanOrEqual(width / 5);
      }
    }
  });

  it('accounts for every fault of each stratum and of all', () => {
    const { strata } = transient.summary.accounting;
    for (const { label, live, dead, planned, run, errors } of strata) {
      const cells = [live + dead, dead, live, planned, run + errors, run, errors];
      expect(numbersIn(transient.html, 'sampling', label)).toEqual(cells);
    }
    expect(numbersIn(transient.html, 'sampling', 'all').slice(-3)).toEqual([300, 294, 6]);
    expect(transient.html).toContain('every sum of the layer was equal, bit for bit.');
  });

  it('gives the commands that run and replay it, quoted where a shell needs it', () => {
    expect(simple.html).toContain('<pre>espalier campaign run digits.campaign:digits</pre>');
    expect(transient.html).toContain(
      `<pre>espalier campaign run 'digits.campaign:hex &lt;&amp;&gt; &quot;it'\\''s&quot;'</pre>`,
    );
    for (const { n, text } of transient.summary.mostHarmful) {
      expect(transient.html).toContain(`<code>${text}</code>`);
      expect(transient.html).toContain(`>espalier campaign replay 'transient store.db' ${n}</code>`);
    }
    expect(simple.html).toContain(simple.summary.campaign.hashes.model);
  });
});

describe('a figure', () => {
  it('says what it shows to those who cannot see it', () => {
    for (const { name, svg } of transient.figures) {
      expect(svg).toMatch(new RegExp(`role="img" aria-labelledby="${name}-title ${name}-description"`));
      expect(svg).toMatch(new RegExp(`<title id="${name}-title">[^<]+</title><desc id="${name}-description">[^<]+<`));
    }
  });

  it('has colours that any program reads, and a dark rule for each', () => {
    for (const { svg } of transient.figures) {
      const [, style] = /<style>(.*)<\/style>/.exec(svg)!;
      const body = svg.replace(/<style>.*<\/style>/, '');
      for (const [, colour] of body.matchAll(/ (?:fill|stroke)="([^"]*)"/g)) {
        expect(colour).toMatch(/^(#[0-9a-f]{6}|none|transparent)$/);
      }
      for (const [, classes] of body.matchAll(/ class="([^"]*)"/g)) {
        for (const name of classes!.split(' ')) expect(style).toContain(`.${name}{`);
      }
    }
  });

  it.each(['outcomes', 'stages', 'patterns', 'nodes', 'layers', 'kinds'])(
    'prints every share with its interval beside its mark: %s',
    (name) => {
      const { summary } = simple;
      const shares = {
        outcomes: [...summary.classes, { share: summary.sdc5 }, ...summary.confidenceChanges].map(({ share }) => share),
        stages: summary.stages.map(({ share }) => share),
        patterns: summary.patterns.map(({ share }) => share),
        nodes: summary.nodes.map(({ shares }) => shares!.sdc_1),
        layers: summary.layers.map(({ shares }) => shares!.sdc_1),
        kinds: summary.kinds.map(({ shares }) => shares!.sdc_1),
      }[name]!;
      const printed = textsOf(figureOf(simple, name)).flatMap((text) => /^([\d.]+) % \[/.exec(text)?.[1] ?? []);
      for (const share of shares) {
        const near = printed.some((text) => Math.abs(Number(text) - 100 * share!.estimate) < 0.5);
        expect(near, `${share!.estimate} among ${printed}`).toBe(true);
      }
    },
  );

  it('has one point and one interval for each bit of each node', () => {
    const svg = figureOf(simple, 'bits');
    const { nodeBits } = simple.summary;
    expect(matches(svg, /<path[^>]*class="f-mark"/g)).toBe(nodeBits.length);
    expect(matches(svg, /<line[^>]*class="s-mark"/g)).toBe(nodeBits.length);
    for (const node of new Set(nodeBits.map(({ node }) => node))) expect(textsOf(svg)).toContain(node);
  });

  it('has one point for each range of cycles of each layer', () => {
    const svg = figureOf(transient, 'cycles');
    expect(matches(svg, /<path[^>]*class="f-mark"/g)).toBe(transient.summary.cycles.length);
    expect(textsOf(svg)).toContain('Cycle of the product');
  });

  it.each([
    ['square', () => simple, 16],
    ['hexagonal', () => transient, 37],
  ])('has every PE of the array at its place: %s', (_, report, count) => {
    const { pes } = report().summary;
    expect(pes).toHaveLength(count);
    const squares = [
      ...figureOf(report(), 'pes').matchAll(/<path class="[^"]*f-(?:heat\d|paper)[^"]*"[^>]* d="([^"]*)"/g),
    ]
      .flatMap(([, d]) => [...d!.matchAll(/M([\d.]+),([\d.]+)h([\d.]+)/g)])
      .map(([, x, y, side]) => ({ x: Number(x), y: Number(y), side: Number(side) }));
    const places = new Set(squares.map(({ x, y, side }) => `${Math.round(x / side)},${Math.round(y / side)}`));
    const left = Math.min(...pes.map(({ x }) => x));
    const top = Math.max(...pes.map(({ y }) => y));
    for (const { x, y } of pes) expect(places).toContain(`${x - left},${top - y}`);
    expect(places.size).toBe(count);
  });
});

function numbersIn(html: string, section: string, row: string): number[] {
  const body = html.slice(html.indexOf(`<section id="${section}">`));
  const cells = new RegExp(`<th scope="row">${row}</th>(.*?)</tr>`).exec(body)![1]!;
  return [...cells.matchAll(/<data value="(\d+)">([\d,]+)</g)].map(([, value, text]) => {
    expect(text!.replaceAll(',', '')).toBe(value);
    return Number(value);
  });
}
