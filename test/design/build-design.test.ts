import { describe, expect, it, test } from 'vitest';
import { buildDesign } from '../../src/design/build-design.ts';
import type { Design, Network } from '../../src/design/design.ts';
import { placeOf } from '../../src/projection/geometry.ts';
import { LINE_AXIS, LINES, type Matrix3, PRESETS, type Vector3 } from '../../src/projection/space-time.ts';
import { designOf, everyDesign, MATRICES, specOf } from './support/arrays.ts';

/** Every (x, y) = P·ν of the box, each once. */
function placesOf({ spec, matrix }: Design): Set<string> {
  const [n1, n2, n3] = spec.size;
  const places = new Set<string>();
  for (let i = 1; i <= n1; i++) {
    for (let j = 1; j <= n2; j++) for (let k = 1; k <= n3; k++) places.add(placeOf(matrix, [i, j, k]).join());
  }
  return places;
}

function expectLinked({ pes }: Design, network: Network): void {
  const indexAt = new Map(pes.map(({ x, y, index }) => [`${x},${y}`, index]));
  const [fx, fy] = network.flow;
  for (const { x, y, index } of pes) {
    expect(network.upstream[index]).toBe(indexAt.get(`${x - fx},${y - fy}`) ?? -1);
    expect(network.downstream[index]).toBe(indexAt.get(`${x + fx},${y + fy}`) ?? -1);
    let hops = 0;
    while (indexAt.has(`${x - (hops + 1) * fx},${y - (hops + 1) * fy}`)) hops++;
    expect(network.entryHops[index]).toBe(hops);
    expect(network.entries[network.entryLane[index]!]).toBe(indexAt.get(`${x - hops * fx},${y - hops * fy}`));
    hops = 0;
    while (indexAt.has(`${x + (hops + 1) * fx},${y + (hops + 1) * fy}`)) hops++;
    expect(network.exitHops[index]).toBe(hops);
    expect(network.exits[network.exitLane[index]!]).toBe(indexAt.get(`${x + hops * fx},${y + hops * fy}`));
  }
  const ends = (towards: Int32Array) => pes.map(({ index }) => index).filter((index) => towards[index] === -1);
  expect([...network.entries]).toEqual(ends(network.upstream));
  expect([...network.exits]).toEqual(ends(network.downstream));
}

/** The places within a value that could be written to, typed arrays aside. */
function thawedParts(value: unknown, place: string): string[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [];
  const parts = Object.entries(value).flatMap(([key, part]) => thawedParts(part, `${place}.${key}`));
  return Object.isFrozen(value) ? parts : [place, ...parts];
}

describe('a design', () => {
  it('has a PE for every place of a point and none beside, sorted by x and y', () => {
    everyDesign((design) => {
      expect(new Set(design.pes.map(({ x, y }) => `${x},${y}`))).toEqual(placesOf(design));
      expect(design.pes.map(({ index }) => index)).toEqual(design.pes.map((_, n) => n));
      expect(design.pes).toEqual([...design.pes].sort((p, q) => p.x - q.x || p.y - q.y));
      for (const { x, y, point } of design.pes) expect(placeOf(design.matrix, point)).toEqual([x, y]);
    });
  });

  it('links every PE with the ones a flow before and behind it, on every moving line and the shadow chain', () => {
    everyDesign((design) => {
      for (const { network } of Object.values(design.lines)) if (network) expectLinked(design, network);
      if (design.shadow) expectLinked(design, design.shadow);
    }, 60);
  });

  it('moves each line by P and π of its dependence, and holds the one whose flow is zero', () => {
    everyDesign(({ lines, matrix, stationary }) => {
      for (const line of LINES) {
        const step = [0, 0, 0].with(LINE_AXIS[line], 1) as unknown as Vector3;
        const flow = placeOf(matrix, step);
        expect(lines[line].delayCycles).toBe(matrix[2][LINE_AXIS[line]]);
        expect(lines[line].stationary).toBe(flow.every((entry) => entry === 0));
        expect(lines[line].network?.flow ?? [0, 0]).toEqual(flow);
      }
      expect(stationary).toBe(LINES.find((line) => lines[line].stationary) ?? null);
    });
  });

  it('loads a stationary line along a chain whose every PE is reached', () => {
    everyDesign(({ shadow, stationary, matrix, periodCycles, pes }) => {
      expect(shadow === null).toBe(stationary === null);
      if (!shadow) return;
      expect(placeOf(matrix, shadow.step)).toEqual(shadow.flow);
      expect(shadow.step[LINE_AXIS[stationary!]]).toBe(0);
      expect(shadow.delayCycles).toBeGreaterThanOrEqual(periodCycles);
      const reached = shadow.entries.reduce((sum, pe) => sum + shadow.exitHops[pe]! + 1, 0);
      expect(reached).toBe(pes.length);
      expect(shadow.drains).toBe(stationary === 'c');
    });
  });

  test.each<[string, string[]]>([
    ['output_stationary', ['a', 'b', 'c', 'a_out', 'b_out', 'c_in', 'first', 'last', 's']],
    ['row_stationary', ['a', 'b', 'c', 'b_out', 'c_in', 'first', 's']],
    ['col_stationary', ['a', 'b', 'c', 'a_out', 'c_in', 'first', 's']],
    ['no_local_reuse', ['a', 'b', 'c', 'a_out', 'b_out', 'c_in']],
  ])('with projection %s has the fault nodes %j', (preset, nodes) => {
    const matrix = MATRICES[preset]!;
    expect(designOf({ matrix }).faultSites.map(({ node }) => node)).toEqual(nodes);
    const piped = designOf({ matrix, multiplierStages: 1 }).faultSites.map(({ node }) => node);
    expect(piped).toEqual(nodes.toSpliced(3, 0, 'p'));
  });

  test.each<[string, Matrix3, number, string[]]>([
    ['output_stationary', PRESETS.output_stationary, 0, ['a_q', 'b_q', 'c_q', 'first_q', 'last_q', 's_q']],
    [
      'output_stationary and a product register',
      PRESETS.output_stationary,
      1,
      ['a_q', 'b_q', 'p_q', 'c_q', 'first_q', 'first_p_q', 'last_q', 'last_p_q', 's_q'],
    ],
    [
      'row_stationary and a product register',
      PRESETS.row_stationary,
      1,
      ['a_q', 'b_q', 'p_q', 'c_q', 'first_q', 's_q'],
    ],
    [
      'delays 1, 2, 3 and a stationary c',
      MATRICES['links of one to three registers']!,
      0,
      [
        'a_q',
        'b_q',
        'b_link1_q',
        'c_q',
        'c_link1_q',
        'c_link2_q',
        'first_q',
        'last_q',
        's_q',
        's_link1_q',
        's_link2_q',
        's_link3_q',
      ],
    ],
    ['no_local_reuse', PRESETS.no_local_reuse, 0, ['a_q', 'b_q', 'c_q']],
  ])('with projection %s has its registers', (_, matrix, multiplierStages, names) => {
    expect(designOf({ matrix, multiplierStages }).registers.map(({ name }) => name)).toEqual(names);
  });

  test.each<[number, number, number]>([
    [1, 1, 1],
    [2, 1, 1],
    [2, 2, 2],
    [3, 3, 4],
    [4, 5, 5],
  ])('of %i × %i PEs numbers them with %i bits', (n1, n2, peBits) => {
    expect(designOf({ size: [n1, n2, 1] }).faultPort.peBits).toBe(peBits);
  });

  it('is frozen in every part but the typed arrays', () => {
    everyDesign((design) => {
      expect(thawedParts(design, 'design')).toEqual([]);
    }, 20);
  });

  it('does not change with the spec that it was built from', () => {
    const spec = specOf();
    const design = buildDesign(spec);
    (spec.size as unknown as number[])[0] = 9;
    expect(design.spec).toEqual(specOf());
    expect(Object.isFrozen(spec)).toBe(false);
  });

  test.each<[string, Parameters<typeof designOf>[0]]>([
    ['name', { name: 'other' }],
    ['size', { size: [3, 2, 5] }],
    ['matrix', { matrix: PRESETS.row_stationary }],
    ['types', { types: { a: 'uint8', b: 'int8', c: 'int32' } }],
    ['fault slots', { faultSlots: 3 }],
    ['product register', { multiplierStages: 1 }],
  ])('has another hash with another %s', (_, given) => {
    expect(designOf().hash).toMatch(/^[0-9a-f]{16}$/);
    expect(designOf().hash).toBe(designOf().hash);
    expect(designOf(given).hash).not.toBe(designOf().hash);
  });
});
