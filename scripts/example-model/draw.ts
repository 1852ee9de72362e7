import type { Random } from './random.ts';
import { type Point, type Stroke, strokesOf } from './strokes.ts';

/** Rows and columns of an image, in pixels. */
export const SIDE = 28;

/** How far a drawing strays from the copybook: lengths in pixels, angles in radians, the rest as shares of one. */
const STYLE = {
  height: [14, 22],
  aspect: [0.55, 1.05],
  shift: 1.4,
  rotation: 0.14,
  slant: 0.18,
  wobble: 0.045,
  penRadius: [0.6, 1.8],
  ink: [0.55, 1],
  noise: 0.16,
  strayLine: 0.25,
} as const;

/** Straight pieces per piece of a stroke: enough that no corner shows at this size. */
const STEPS = 8;

/**
 * Draw one digit 0 … 9 as a person might: one of its usual shapes, slanted, turned, stretched and wobbled, with a pen of
 * random width and ink, on grainy paper that sometimes has another line on it.
 * @returns SIDE × SIDE pixels in row-major order, from 0 (paper) to 1 (ink) in steps of 1/255.
 */
export function drawDigit(digit: number, random: Random): Float32Array {
  const paper = new Float32Array(SIDE * SIDE);
  const place = placement(random);
  const radius = random.uniform(...STYLE.penRadius);
  const ink = random.uniform(...STYLE.ink);
  for (const stroke of strokesOf(digit, random)) drawLine(paper, smooth(stroke).map(place), radius, ink);
  if (random.uniform(0, 1) < STYLE.strayLine) {
    drawLine(paper, strayLine(random), random.uniform(0.4, 0.9), ink * random.uniform(0.4, 1));
  }
  const noise = random.uniform(0, STYLE.noise);
  return paper.map((value) => Math.round(255 * Math.min(1, Math.max(0, value + random.normal(0, noise)))) / 255);
}

/** Pass a Catmull-Rom spline through the points of a stroke. */
function smooth(stroke: Stroke): Point[] {
  const at = (i: number) => stroke[Math.min(Math.max(i, 0), stroke.length - 1)]!;
  return stroke.slice(1).flatMap((_, i) => {
    const [p0, p1, p2, p3] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    const along = (axis: 0 | 1, t: number) =>
      p1[axis] +
      0.5 * t * (p2[axis] - p0[axis]) +
      t * t * (p0[axis] - 2.5 * p1[axis] + 2 * p2[axis] - 0.5 * p3[axis]) +
      t * t * t * (1.5 * (p1[axis] - p2[axis]) + 0.5 * (p3[axis] - p0[axis]));
    return Array.from({ length: STEPS + 1 }, (_, step): Point => [along(0, step / STEPS), along(1, step / STEPS)]);
  });
}

/** Choose where the digit's box lies in the image and how it is bent; strokes that touch still touch afterwards. */
function placement(random: Random): (point: Point) => Point {
  const height = random.uniform(...STYLE.height);
  const width = height * random.uniform(...STYLE.aspect);
  const angle = random.normal(0, STYLE.rotation);
  const slant = random.normal(0, STYLE.slant);
  const centre = [random.normal(SIDE / 2, STYLE.shift), random.normal(SIDE / 2, STYLE.shift)] as const;
  const waves = [wave(random), wave(random)] as const;
  return (point) => {
    const x = width * (point[0] + waves[0](point) - 0.5);
    const y = height * (point[1] + waves[1](point) - 0.5);
    const leaning = x - slant * y;
    return [
      centre[0] + leaning * Math.cos(angle) - y * Math.sin(angle),
      centre[1] + leaning * Math.sin(angle) + y * Math.cos(angle),
    ];
  };
}

/** A displacement that changes slowly over the box. */
function wave(random: Random): (point: Point) => number {
  const [amplitude, x, y, phase] = [
    random.normal(0, STYLE.wobble),
    random.uniform(-1.2, 1.2),
    random.uniform(-1.2, 1.2),
    random.uniform(0, 1),
  ];
  return (point) => amplitude * Math.sin(2 * Math.PI * (x * point[0] + y * point[1] + phase));
}

function strayLine(random: Random): Point[] {
  const [x, y] = [random.uniform(0, SIDE), random.uniform(0, SIDE)];
  const [angle, length] = [random.uniform(0, Math.PI), random.uniform(4, 12)];
  return [
    [x, y],
    [x + length * Math.cos(angle), y + length * Math.sin(angle)],
  ];
}

/** Ink every pixel near the line; the edge of the pen is one pixel soft. */
function drawLine(paper: Float32Array, line: readonly Point[], radius: number, ink: number): void {
  for (let i = 0; i < paper.length; i++) {
    const pixel: Point = [(i % SIDE) + 0.5, Math.floor(i / SIDE) + 0.5];
    let nearest = Number.POSITIVE_INFINITY;
    for (let piece = 1; piece < line.length; piece++) {
      nearest = Math.min(nearest, distance(pixel, line[piece - 1]!, line[piece]!));
    }
    paper[i] = Math.max(paper[i]!, ink * Math.min(1, Math.max(0, radius + 0.5 - nearest)));
  }
}

function distance(pixel: Point, from: Point, to: Point): number {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const lengthSquared = dx * dx + dy * dy;
  const along = lengthSquared === 0 ? 0 : ((pixel[0] - from[0]) * dx + (pixel[1] - from[1]) * dy) / lengthSquared;
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(pixel[0] - from[0] - t * dx, pixel[1] - from[1] - t * dy);
}
