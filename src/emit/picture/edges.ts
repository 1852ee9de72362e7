import type { Design, Pe } from '../../design/design.ts';
import { borderPoint, type Course, courseOf } from './arrows.ts';
import type { Layout } from './layout.ts';
import { along, type Group, group, type PathShape, type Point, path, type TextShape, text, xy } from './shapes.ts';
import type { PictureStream } from './streams.ts';

/** Pixels of the arrows at the edge, and by how much those are longer whose labels would lie side by side. */
const LENGTH = 24;
const STAGGER = 12;

const GAP = 4;
const CHARACTER = 6.2;
const LABEL_HEIGHT = 10;

interface Lane {
  readonly pe: Pe;
  readonly label: string;
}

/** Draw where values of a stream are fed and where results leave, with the lanes of the ports. */
export function edgeArrows(design: Design, stream: PictureStream, layout: Layout, lanes: 'all' | 'ends'): Group {
  const { name, input, output } = stream;
  const course = courseOf(design.pes, stream, layout);
  const taken = new Set(lanes === 'all' ? design.pes.map(({ x, y }) => `${x} ${y}`) : []);
  const paths: PathShape[] = [];
  const texts: TextShape[] = [];
  for (const { pe, label } of lanesOf(design, input.name, input.lanePes, lanes)) {
    const { tail, tip, out } = stubAt(pe, stream, layout, course, -1, taken);
    paths.push(path('feed', `M${xy(tail)}L${xy(along(tip, 1.5, out))}`));
    texts.push(labelBeyond(tail, out, course, label));
  }
  for (const { pe, label } of output ? lanesOf(design, output.name, output.lanePes, lanes) : []) {
    const { tail, tip, out } = stubAt(pe, stream, layout, course, 1, taken);
    paths.push(path('result', `M${xy(tip)}L${xy(tail)}`));
    texts.push(labelBeyond(tail, out, course, label));
  }
  return group(`line ${name}`, { paths, texts });
}

/** The pixels beside and above an array that its edge arrows need with their labels. */
export function edgeRoom(streams: readonly PictureStream[]): { readonly beside: number; readonly above: number } {
  const ports = streams.flatMap(({ input, output }) => (output ? [input, output] : [input]));
  const longest = Math.max(...ports.map(({ name, lanes }) => `${name} ${lanes - 1}`.length));
  const depth = Math.max(...streams.map(depthOf));
  return { beside: LENGTH + GAP + CHARACTER * longest, above: LENGTH + STAGGER * depth + GAP + LABEL_HEIGHT };
}

/** How many arrows stand between one and the nearest end of those side by side. */
function depthOf({ slot, parallel }: PictureStream): number {
  return (parallel - 1) / 2 - Math.abs(slot);
}

function lanesOf(design: Design, port: string, lanePes: Int32Array, lanes: 'all' | 'ends'): Lane[] {
  const all = Array.from(lanePes, (pe, lane) => ({ pe: design.pes[pe]!, label: `${port} ${lane}` }));
  return lanes === 'all' || all.length <= 2 ? all : [all[0]!, all.at(-1)!];
}

/** Place an arrow beside a PE, against the flow (−1) or with it (1); one that a PE is in the way of stands aslant. */
function stubAt(
  pe: Pe,
  stream: PictureStream,
  layout: Layout,
  { direction, side, offset, swing }: Course,
  sense: 1 | -1,
  taken: ReadonlySet<string>,
): { readonly tail: Point; readonly tip: Point; readonly out: Point } {
  const middle = layout.at(pe);
  const straight = { x: sense * direction.x, y: sense * direction.y };
  const next = stream.network.flow.map((step) => sense * Math.sign(step)) as [number, number];
  if (swing !== 0 && taken.has(`${pe.x + next[0]} ${pe.y + next[1]}`)) {
    const out = unit(along(straight, 0.85 * Math.sign(swing), side));
    const tip = borderPoint(layout, middle, middle, out);
    return { tip, tail: along(tip, 15, out), out };
  }
  const tip = borderPoint(layout, along(middle, offset, side), middle, straight);
  const isUpright = Math.abs(direction.y) > 0.8;
  const length = LENGTH + (isUpright ? STAGGER * depthOf(stream) : 0);
  return { tip, tail: along(tip, length, straight), out: straight };
}

/** Put a label beyond the end of an arrow that points from a PE outwards. */
function labelBeyond(tail: Point, out: Point, { offset, side }: Course, label: string): TextShape {
  const at = along(tail, GAP, out);
  if (Math.abs(out.x) < 0.35) {
    // Labels of arrows that stand side by side make room for each other.
    const shift = Math.sign(Math.round(offset * side.x));
    const anchor = shift === 0 ? 'lane middle' : shift > 0 ? 'lane' : 'lane end';
    return text(anchor, { x: at.x - 4 * shift, y: at.y + (out.y > 0 ? 8 : 0) }, label);
  }
  const drop = Math.abs(out.y) < 0.35 ? 3 : out.y > 0 ? 7 : 0;
  return text(out.x > 0 ? 'lane' : 'lane end', { x: at.x, y: at.y + drop }, label);
}

function unit({ x, y }: Point): Point {
  const length = Math.hypot(x, y);
  return { x: x / length, y: y / length };
}
