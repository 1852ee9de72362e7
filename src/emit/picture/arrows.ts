import type { Design, Network, Pe } from '../../design/design.ts';
import type { Layout } from './layout.ts';
import { along, type Group, group, type PathShape, type Point, path, type TextShape, text, xy } from './shapes.ts';
import type { PictureStream } from './streams.ts';

/** Pixels between arrows that run side by side. */
const SLOT = 13;

/** How far a bent arrow may swing out, in pixels, tried from the least. */
const SWINGS = [44, 52, 60, 72, 90, 120, 160];

/** Pixels that a bent arrow keeps from PEs that it passes. */
const CLEARANCE = 4;

/** How the arrows of a stream run, the same way for all of its links. */
export interface Course {
  /** The direction of the flow in the picture, and the one in which parallel arrows are set side by side. */
  readonly direction: Point;
  readonly side: Point;
  /** Pixels by which the arrow is moved to its side. */
  readonly offset: number;
  /** How far the arrow swings out past PEs in its way; 0 for a straight one. */
  readonly swing: number;
}

/** Draw the links of a stream among PEs, each as one arrow, with the cycles of a step where they are more than one. */
export function linkArrows(design: Design, pes: readonly Pe[], stream: PictureStream, layout: Layout): Group {
  const { network } = stream;
  const drawn = new Set(pes.map(({ index }) => index));
  const course = courseOf(pes, stream, layout);
  const paths: PathShape[] = [];
  const texts: TextShape[] = [];
  for (const pe of pes) {
    const target = network.downstream[pe.index]!;
    if (!drawn.has(target)) continue;
    const arrow = arrowBetween(layout, pe, design.pes[target]!, { ...course, swing: swingAt(pe, stream, course) });
    paths.push(path('link', arrow.d));
    if (network.delayCycles > 1) texts.push(text('delay', arrow.middle, String(network.delayCycles)));
  }
  return group(`line ${stream.name}`, { paths, texts });
}

/** Choose how the arrows of a stream run among PEs. */
export function courseOf(pes: readonly Pe[], { network, slot }: PictureStream, layout: Layout): Course {
  const [dx, dy] = network.flow;
  const length = Math.hypot(dx, dy);
  const direction = { x: dx / length, y: -dy / length };
  // Streams against each other need the same side to count from.
  const sign = dx > 0 || (dx === 0 && dy > 0) ? 1 : -1;
  const side = { x: sign * direction.y, y: -sign * direction.x };
  const straight: Course = { direction, side, offset: slot * SLOT, swing: 0 };
  const between = positionsBetween(pes, network);
  if (between.length === 0) return straight;
  const towards = slot < 0 ? -1 : 1;
  const courses = [0, ...SWINGS].map((swing) => ({ ...straight, swing: towards * swing }));
  return courses.find((course) => isClear(layout, network.flow, course, between)) ?? courses.at(-1)!;
}

/** Arrows that bend alternate between both sides where nothing runs beside them, so that they do not cross. */
function swingAt({ x, y }: Pe, { network, parallel }: PictureStream, { swing }: Course): number {
  const [dx, dy] = network.flow;
  const hops = gcd(dx, dy);
  if (parallel > 1 || hops === 1) return swing;
  const steps = dx === 0 ? (y * hops) / dy : (x * hops) / dx;
  return Math.abs(Math.floor(steps) % 2) === 0 ? swing : -swing;
}

function arrowBetween(
  layout: Layout,
  from: Pick<Pe, 'x' | 'y'>,
  to: Pick<Pe, 'x' | 'y'>,
  { direction, side, offset, swing }: Course,
): { readonly d: string; readonly middle: Point; at(share: number): Point } {
  const back = { x: -direction.x, y: -direction.y };
  const start = borderPoint(layout, along(layout.at(from), offset, side), layout.at(from), direction);
  const tip = borderPoint(layout, along(layout.at(to), offset, side), layout.at(to), back);
  const end = along(tip, 1.5, back);
  if (swing === 0) {
    const at = (share: number) => ({ x: start.x + share * (end.x - start.x), y: start.y + share * (end.y - start.y) });
    return { d: `M${xy(start)}L${xy(end)}`, middle: at(0.45), at };
  }
  const first = along(along(start, 14, direction), swing, side);
  const second = along(along(end, 14, back), swing, side);
  const at = (share: number) => bezier(start, first, second, end, share);
  return { d: `M${xy(start)}C${xy(first)} ${xy(second)} ${xy(end)}`, middle: at(0.35), at };
}

/** The point at which a ray from within a PE leaves it. */
export function borderPoint({ half }: Layout, from: Point, middle: Point, { x, y }: Point): Point {
  const reach = (p: number, m: number, d: number) =>
    d === 0 ? Number.POSITIVE_INFINITY : (half - Math.sign(d) * (p - m)) / Math.abs(d);
  return along(from, Math.min(reach(from.x, middle.x, x), reach(from.y, middle.y, y)), { x, y });
}

function bezier(p: Point, q: Point, r: Point, s: Point, t: number): Point {
  const u = 1 - t;
  const mix = (a: number, b: number, c: number, d: number) =>
    u * u * u * a + 3 * u * u * t * b + 3 * u * t * t * c + t * t * t * d;
  return { x: mix(p.x, q.x, r.x, s.x), y: mix(p.y, q.y, r.y, s.y) };
}

/** The places, seen from a PE, at which PEs lie in the box that a link of it spans. */
function positionsBetween(pes: readonly Pe[], { flow: [dx, dy], downstream }: Network): { x: number; y: number }[] {
  if (Math.abs(dx) <= 1 && Math.abs(dy) <= 1) return [];
  const taken = new Set(pes.map(({ x, y }) => `${x} ${y}`));
  const sources = pes.filter(({ index }) => downstream[index] !== -1);
  const positions: { x: number; y: number }[] = [];
  for (const x of upTo(dx)) {
    for (const y of upTo(dy)) {
      const isEnd = (x === 0 && y === 0) || (x === dx && y === dy);
      if (!isEnd && sources.some((pe) => taken.has(`${pe.x + x} ${pe.y + y}`))) positions.push({ x, y });
    }
  }
  return positions;
}

function isClear(
  layout: Layout,
  [dx, dy]: Network['flow'],
  course: Course,
  between: readonly { readonly x: number; readonly y: number }[],
): boolean {
  const arrow = arrowBetween(layout, { x: 0, y: 0 }, { x: dx, y: dy }, course);
  const reach = layout.half + CLEARANCE;
  const middles = between.map((position) => layout.at(position));
  return Array.from({ length: 65 }, (_, n) => arrow.at(n / 64)).every((point) =>
    middles.every(({ x, y }) => Math.abs(point.x - x) >= reach || Math.abs(point.y - y) >= reach),
  );
}

function upTo(step: number): number[] {
  return Array.from({ length: Math.abs(step) + 1 }, (_, n) => Math.sign(step) * n);
}

function gcd(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : gcd(b, a % b);
}
