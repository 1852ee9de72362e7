import { describe, expect, it, test } from 'vitest';
import type { Design, Pe } from '../../src/design/design.ts';
import { arrayPicture } from '../../src/emit/picture/picture.ts';
import { pictureStreams } from '../../src/emit/picture/streams.ts';
import type { Fault } from '../../src/fault/fault.ts';
import { driveFault, resolveFault } from '../../src/fault/resolve.ts';
import { PRESETS } from '../../src/projection/space-time.ts';
import { planJob } from '../../src/schedule/plan.ts';
import { findReach } from '../../src/sim/reach.ts';
import { Turns } from '../../src/sim/turns.ts';
import { parseFault } from '../../src/spec/parse.ts';
import { designOf, MATRICES } from '../design/support/arrays.ts';
import { type Element, readXml, withClass } from './support/svg.ts';

const PITCH = 96;
const HALF = 26;

interface Point {
  readonly x: number;
  readonly y: number;
}

function pictureOf(design: Design, faults: readonly Fault[] = []): Element {
  return readXml(arrayPicture(design, faults));
}

function faultsOf(design: Design, ...texts: readonly string[]): Fault[] {
  return texts.map((text) => resolveFault(design, parseFault(text)));
}

/** The middles of all PEs: x to the right, y upward, the least x and the greatest y in the top left corner. */
function middlesOf(pes: readonly Pe[]): Point[] {
  const left = Math.min(...pes.map(({ x }) => x));
  const top = Math.max(...pes.map(({ y }) => y));
  return pes.map(({ x, y }) => ({ x: (x - left) * PITCH + HALF, y: (top - y) * PITCH + HALF }));
}

function isWithin({ x, y }: Point, middle: Point, half: number): boolean {
  return Math.abs(x - middle.x) <= half && Math.abs(y - middle.y) <= half;
}

/** Points along a path that is one line or one curve. */
function trace(d: string): Point[] {
  const numbers = Array.from(d.matchAll(/-?[\d.]+/g), ([number]) => Number(number));
  const points = Array.from({ length: numbers.length / 2 }, (_, n) => ({ x: numbers[2 * n]!, y: numbers[2 * n + 1]! }));
  return Array.from({ length: 41 }, (_, n) => {
    let level = points;
    while (level.length > 1) {
      level = level.slice(1).map((q, m) => ({
        x: level[m]!.x + (n / 40) * (q.x - level[m]!.x),
        y: level[m]!.y + (n / 40) * (q.y - level[m]!.y),
      }));
    }
    return level[0]!;
  });
}

describe.each(Object.keys(MATRICES))('the picture with projection %s', (name) => {
  const design = designOf({ matrix: MATRICES[name]!, size: [3, 3, 3] });
  const { pes } = design;
  const middles = middlesOf(pes);
  const picture = pictureOf(design);
  const streams = pictureStreams(design);
  const linksOf = (stream: string) => withClass(picture, 'line', stream).flatMap((line) => withClass(line, 'link'));

  it('has every PE once, at its place, with its coordinates and the line that stays in it', () => {
    const [group] = withClass(picture, 'pes');
    const corners = withClass(group!, 'pe').map(({ attributes: { x, y } }) => ({
      x: Number(x) + HALF,
      y: Number(y) + HALF,
    }));
    expect(corners).toEqual(middles);
    expect(withClass(group!, 'place').map(({ text }) => text)).toEqual(pes.map(({ x, y }) => `(${x}, ${y})`));
    expect(withClass(group!, 'place').map(({ attributes }) => Number(attributes['x']))).toEqual(
      middles.map(({ x }) => x),
    );
    expect(withClass(group!, 'badge-name').map(({ text }) => text)).toEqual(pes.flatMap(() => design.stationary ?? []));
  });

  it('has one arrow for every link, from PE to PE and past all others, and no two at one place', () => {
    for (const { name: stream, network } of streams) {
      const drawn = linksOf(stream).map(({ attributes: { d } }) => {
        const points = trace(d!);
        const from = middles.findIndex((middle) => isWithin(points[0]!, middle, HALF + 0.01));
        const to = middles.findIndex((middle) => isWithin(points.at(-1)!, middle, HALF + 2));
        const met = middles.filter((middle) =>
          points.slice(1, -1).some((point) => isWithin(point, middle, HALF - 0.01)),
        );
        expect(met).toEqual([]);
        return `${from} ${to}`;
      });
      const links = pes.map(({ index }) => `${index} ${network.downstream[index]}`);
      expect(drawn).toEqual(links.filter((link) => !link.endsWith(' -1')));
    }
    const all = streams.flatMap(({ name: stream }) => linksOf(stream).map(({ attributes }) => attributes['d']));
    expect(new Set(all).size).toBe(all.length);
  });

  it('has one arrow for every lane of the ports of lines and shadow chain, with its name', () => {
    const ports = streams.flatMap(({ input, output }) => (output ? [input, output] : [input]));
    const lanes = ports.flatMap((port) => Array.from({ length: port.lanes }, (_, lane) => `${port.name} ${lane}`));
    expect(withClass(picture, 'feed').length + withClass(picture, 'result').length).toBe(lanes.length);
    expect(withClass(picture, 'result')).toHaveLength(design.output.lanes);
    const labels = withClass(picture, 'lane').map(({ text }) => text);
    // The legend explains the first of them.
    expect(labels.sort()).toEqual([...lanes, `${design.inputs[0]!.name} 0`].sort());
  });

  it('has the cycles of a step on every link that takes more than one', () => {
    for (const { name: stream, network } of streams) {
      const delays = withClass(picture, 'line', stream).flatMap((line) => withClass(line, 'delay'));
      const expected = network.delayCycles > 1 ? linksOf(stream).map(() => String(network.delayCycles)) : [];
      expect(delays.map(({ text }) => text)).toEqual(expected);
    }
  });

  it('keeps all texts within its frame', () => {
    const { width, height } = picture.attributes;
    const texts = withClass(picture).filter(({ name: tag }) => tag === 'text');
    const clipped = texts.filter(({ attributes, text, origin: [ox, oy] }) => {
      const classes = attributes['class']!.split(' ');
      if (classes.includes('turned')) return false;
      const length = text.length * (classes.includes('formula') ? 7.3 : 6.2);
      const left =
        ox + Number(attributes['x']) - (classes.includes('end') ? length : classes.includes('middle') ? length / 2 : 0);
      const y = oy + Number(attributes['y']);
      return left < 0 || left + length > Number(width) || y < 10 || y > Number(height) - 2;
    });
    expect(clipped.map(({ text }) => text)).toEqual([]);
  });
});

describe('the picture of a large array', () => {
  const cases: [string, Parameters<typeof designOf>[0]][] = [
    ['of 128 × 128 PEs', { size: [128, 128, 64] }],
    [
      'of 16384 PEs that are far apart',
      {
        size: [128, 128, 2],
        matrix: [
          [3, 0, 0],
          [0, 5, 0],
          [1, 1, 1],
        ],
      },
    ],
    ['in a hexagon', { matrix: PRESETS.no_local_reuse, size: [24, 20, 24] }],
    [
      'on a skewed lattice',
      {
        matrix: [
          [3, 7, 0],
          [5, 2, 0],
          [1, 1, 1],
        ],
        size: [64, 64, 2],
      },
    ],
  ];

  test.each(cases)('%s shows every PE once, in less than 300 kB', (_, given) => {
    const design = designOf(given);
    const svg = arrayPicture(design, faultsOf(design, `flip bit 0 of a at (${design.pes[5]!.x}, ${design.pes[5]!.y})`));
    expect(svg.length).toBeLessThan(300_000);
    const [group] = withClass(readXml(svg), 'squares');
    const left = Math.min(...design.pes.map(({ x }) => x));
    const top = Math.max(...design.pes.map(({ y }) => y));
    const extent = Math.max(
      Math.max(...design.pes.map(({ x }) => x)) - left,
      top - Math.min(...design.pes.map(({ y }) => y)),
    );
    const pitch = Math.min(20, Math.round(52_000 / (extent + 1)) / 100);
    const squares = withClass(group!, 'pe').flatMap((path) => squaresOf(path));
    const side = Number(/stroke-width:([\d.]+)/.exec(withClass(group!, 'pe')[0]!.attributes['style']!)![1]);
    const places = squares.map(
      ({ x, y }) => `${Math.round((x - side / 2) / pitch) + left} ${top - Math.round((y - side / 2) / pitch)}`,
    );
    expect(places.sort()).toEqual(design.pes.map(({ x, y }) => `${x} ${y}`).sort());
  });

  it('labels the first and the last lane of every port', () => {
    const labels = withClass(pictureOf(designOf({ size: [32, 24, 8] })), 'lane').map(({ text }) => text);
    expect(labels).toEqual(['a_i 0', 'a_i 31', 'b_i 0', 'b_i 23', 's_i 0', 's_i 54', 's_o 0', 's_o 54', 'a_i 0']);
  });
});

/** The middles of the dashes of a path. */
function squaresOf({ attributes: { d, style } }: Element): Point[] {
  const side = Number(/stroke-width:([\d.]+)/.exec(style!)![1]);
  const [, dash, gap] = /stroke-dasharray:([\d.]+) ([\d.]+)/.exec(style!) ?? [];
  const step = dash === undefined ? Number.POSITIVE_INFINITY : Number(dash) + Number(gap);
  return Array.from(d!.matchAll(/M(-?[\d.]+) (-?[\d.]+)([hv])([\d.]+)/g), ([, x, y, way, length]) => {
    const count = Math.round((Number(length) - side) / step) + 1 || 1;
    return Array.from({ length: count }, (_, n) => {
      const at = n === 0 ? side / 2 : side / 2 + n * step;
      return way === 'h' ? { x: Number(x) + at, y: Number(y) } : { x: Number(x), y: Number(y) + at };
    });
  }).flat();
}

describe('the picture with faults', () => {
  test.each([
    ['output_stationary', 'flip bit 3 of a at (2, 2)'],
    ['output_stationary', 'stuck_at_0 bit 31 of c at (3, 1)'],
    ['row_stationary', 'stuck_at_1 bit 0 of b at (1, -2)'],
    ['row_stationary', 'flip bit 0 of a at (2, -3) cycles >4'],
    ['no_local_reuse', 'flip bit 5 of c at (0, 0)'],
    ['no_local_reuse', 'flip bit 5 of c at (0, 1) cycles >3<=9'],
  ] as const)('on %s fills the outputs that %s can reach', async (preset, text) => {
    const design = designOf({ matrix: PRESETS[preset], size: [4, 4, 4] });
    const [fault] = faultsOf(design, text);
    const plan = planJob(design, 4, 4, 4);
    const reach = await findReach(design, plan, [driveFault(design, plan, fault!)], new Turns(undefined));
    const picture = pictureOf(design, [fault!]);
    const filled = withClass(picture, 'output').map(
      ({ attributes: { x, y, width } }) => (4 * Number(y) + Number(x)) / Number(width),
    );
    expect(filled.length).toBeGreaterThan(0);
    expect(new Set(filled)).toEqual(reach.get(0));
    expect(withClass(picture, 'strong').map((line) => line.text)).toEqual([
      `can change ${filled.length} of 16 outputs`,
    ]);
  });

  it('marks faulty PEs with the numbers of their faults and tints the PEs that changed values pass', () => {
    const design = designOf({ matrix: PRESETS.row_stationary, size: [3, 3, 3] });
    const faults = faultsOf(
      design,
      'flip bit 1 of c at (2, -2)',
      'flip bit 1 of a at (3, -1) cycles =900',
      'flip bit 2 of c at (2, -2)',
    );
    const picture = pictureOf(design, faults);
    const labelled = (...classes: string[]) => {
      const [group] = withClass(picture, 'pes');
      const labels = withClass(group!, 'place').map(({ text }) => text);
      return withClass(group!, 'pe').flatMap(({ attributes }, n) =>
        classes.every((name) => attributes['class']!.split(' ').includes(name)) ? labels[n]! : [],
      );
    };
    expect(labelled('faulty')).toEqual(['(2, -2)', '(3, -1)']);
    expect(labelled('reached')).toEqual(['(2, -3)', '(2, -2)']);
    expect(
      withClass(picture, 'marks').flatMap((marks) => withClass(marks, 'mark-number').map(({ text }) => text)),
    ).toEqual(['1, 3', '2']);
    expect(withClass(picture, 'strong').map(({ text }) => text)).toEqual([
      'can change 3 of 9 outputs',
      'can change 0 of 9 outputs',
      'can change 3 of 9 outputs',
    ]);
  });

  it('says in which tile a window lies, with its signs escaped', () => {
    const design = designOf();
    const faults = faultsOf(
      design,
      'flip bit 1 of c at (1, 1) cycles >3<=9 tile 5',
      'flip bit 0 of last at (1, 1) cycles =4',
    );
    const svg = arrayPicture(design, faults);
    expect(svg).toContain('flip bit 1 of c at (1, 1) cycles</text>');
    expect(svg).toContain('>&gt;=4&lt;=9 tile 5</text>');
    expect(svg).toContain('>in tile 5</text>');
    expect(svg).toContain('>in the first tile of a job</text>');
  });

  it('draws no mark and no matrix without faults', () => {
    const picture = pictureOf(designOf());
    expect([...withClass(picture, 'mark'), ...withClass(picture, 'matrix'), ...withClass(picture, 'reached')]).toEqual(
      [],
    );
  });
});

describe('the picture', () => {
  it('is the same for the same design and faults', () => {
    const draw = () => {
      const design = designOf({ matrix: PRESETS.no_local_reuse });
      return arrayPicture(design, faultsOf(design, 'flip bit 0 of a at (0, 0)'));
    };
    expect(draw()).toBe(draw());
  });

  it('tells in words what it shows', () => {
    const [title, description] = pictureOf(designOf()).children;
    expect([title!.text, description!.text]).toEqual([
      'Array sample',
      '6 PEs and the links between them; line c is stationary. R = A×B + C, A 3×4 int8, B 4×2 int8, C and R 3×2 int32.',
    ]);
  });

  it('names generic fonts alone, and colours for dark surroundings', () => {
    const svg = arrayPicture(designOf());
    expect(Array.from(svg.matchAll(/(?:font: 12px|font-family:) ([^;]+);/g), ([, family]) => family)).toEqual([
      'sans-serif',
      'monospace',
    ]);
    expect(svg).toContain('@media (prefers-color-scheme: dark)');
  });
});
