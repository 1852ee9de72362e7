import type { Design, Pe } from '../../design/design.ts';
import type { TileReach } from '../../sim/tile-reach.ts';
import type { Layout } from './layout.ts';
import { type BoxShape, box, type Group, group, type TextShape, text } from './shapes.ts';

/** From this length on coordinates are printed smaller. */
const LONG_LABEL = 8;

/** Draw PEs as squares with their coordinates, and a badge for the line that stays in them. */
export function peSquares(design: Design, pes: readonly Pe[], layout: Layout, reaches: readonly TileReach[]): Group {
  const { half } = layout;
  const { stationary } = design;
  const boxes: BoxShape[] = [];
  const texts: TextShape[] = [];
  for (const pe of pes) {
    const { x, y } = layout.at(pe);
    boxes.push(box(peClass(pe, reaches), { x: x - half, y: y - half }, 2 * half, 2 * half, 5));
    const label = `(${pe.x}, ${pe.y})`;
    const size = label.length > LONG_LABEL ? ' small' : '';
    texts.push(text(`place middle${size}`, { x, y: stationary ? y - 2 : y + 4 }, label));
    if (!stationary) continue;
    boxes.push(box(`badge ${stationary}`, { x: x - 8, y: y + 6 }, 16, 13, 3));
    texts.push(text('badge-name middle', { x, y: y + 16 }, stationary));
  }
  return group('pes', { boxes, texts });
}

/** Mark the PEs of faults with the numbers of the faults. */
export function faultMarks(design: Design, layout: Layout, reaches: readonly TileReach[]): Group {
  const numbers = new Map<number, number[]>();
  for (const [n, { fault }] of reaches.entries()) {
    numbers.set(fault.peIndex, [...(numbers.get(fault.peIndex) ?? []), n + 1]);
  }
  const boxes: BoxShape[] = [];
  const texts: TextShape[] = [];
  for (const [pe, ofPe] of numbers) {
    const { x, y } = layout.at(design.pes[pe]!);
    const label = ofPe.join(', ');
    const width = 10 + 6 * label.length;
    const middle = { x: x + Math.min(layout.half, 26), y: y - Math.min(layout.half, 26) };
    boxes.push(box('mark', { x: middle.x - width / 2, y: middle.y - 8 }, width, 16, 8));
    texts.push(text('mark-number middle', { x: middle.x, y: middle.y + 4 }, label));
  }
  return group('marks', { boxes, texts });
}

function peClass({ index }: Pe, reaches: readonly TileReach[]): string {
  const faulty = reaches.some(({ fault }) => fault.peIndex === index) ? ' faulty' : '';
  const reached = reaches.some(({ pes }) => pes.has(index)) ? ' reached' : '';
  return `pe${reached}${faulty}`;
}
