import type { Pe } from '../../design/design.ts';
import type { Point } from './shapes.ts';

type Position = Pick<Pe, 'x' | 'y'>;

/** Where PEs lie in the picture. x of a PE grows to the right, y upward, as in a plane with axes. */
export interface Layout {
  /** Pixels from one integer position to the next. */
  readonly pitch: number;
  /** Pixels from the middle of a PE to its sides. */
  readonly half: number;
  readonly width: number;
  readonly height: number;
  /** The middle of a PE, with (0, 0) in the top left corner of the area that all PEs take. */
  at(position: Position): Point;
}

/** How many PEs are drawn one by one, and how far apart they may lie for that. */
const MAX_DETAILED_PES = 256;
const MAX_DETAILED_EXTENT = 31;

const DETAILED_PITCH = 96;
const DETAILED_HALF = 26;

/** The longer side of a simplified array, unless few PEs make it shorter. */
const SIMPLE_SIDE = 520;
const SIMPLE_PITCH = 20;

/** The share of the distance between two PEs that a PE of a simplified array takes. */
const SIMPLE_FILL = 0.72;

/** Whether an array is small enough to draw every PE with its links and labels. */
export function isDetailed(pes: readonly Pe[]): boolean {
  const { right, left, top, bottom } = extentOf(pes);
  return pes.length <= MAX_DETAILED_PES && Math.max(right - left, top - bottom) <= MAX_DETAILED_EXTENT;
}

/** Lay out PEs with room for links, labels and coordinates. */
export function detailedLayout(pes: readonly Position[]): Layout {
  return layOut(pes, DETAILED_PITCH, DETAILED_HALF);
}

/** Lay out any number of PEs as small squares. */
export function simpleLayout(pes: readonly Position[]): Layout {
  const { left, right, bottom, top } = extentOf(pes);
  const extent = Math.max(right - left, top - bottom) + 1;
  const pitch = Math.min(SIMPLE_PITCH, Math.round((100 * SIMPLE_SIDE) / extent) / 100);
  const spacing = pes.reduce((g, { x, y }) => gcd(gcd(g, x - left), y - bottom), 0) || 1;
  return layOut(pes, pitch, Math.max(0.4, Math.round(50 * SIMPLE_FILL * pitch * spacing) / 100));
}

function layOut(pes: readonly Position[], pitch: number, half: number): Layout {
  const { left, right, bottom, top } = extentOf(pes);
  return {
    pitch,
    half,
    width: (right - left) * pitch + 2 * half,
    height: (top - bottom) * pitch + 2 * half,
    at: ({ x, y }) => ({ x: (x - left) * pitch + half, y: (top - y) * pitch + half }),
  };
}

interface Extent {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

function extentOf(pes: readonly Position[]): Extent {
  const extent = { left: Infinity, right: -Infinity, bottom: Infinity, top: -Infinity };
  for (const { x, y } of pes) {
    extent.left = Math.min(extent.left, x);
    extent.right = Math.max(extent.right, x);
    extent.bottom = Math.min(extent.bottom, y);
    extent.top = Math.max(extent.top, y);
  }
  return extent;
}

function gcd(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : gcd(b, a % b);
}
