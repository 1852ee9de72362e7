/** A point of the picture in pixels: x to the right, y down. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A line or an outline. `style` holds what no class can: the lengths of dashes and widths that depend on the scale. */
export interface PathShape {
  readonly className: string;
  readonly d: string;
  readonly style: string | null;
}

/** A rectangle with round corners. */
export interface BoxShape {
  readonly className: string;
  readonly x: string;
  readonly y: string;
  readonly width: string;
  readonly height: string;
  readonly radius: string;
}

/** A line of text; its class says on which side of (x, y) it stands. */
export interface TextShape {
  readonly className: string;
  readonly x: string;
  readonly y: string;
  readonly text: string;
}

/** What belongs together in the picture, as `partials/shapes.hbs` prints it: boxes below, paths on them, texts on top. */
export interface Group {
  readonly className: string;
  readonly transform: string | null;
  readonly boxes: readonly BoxShape[];
  readonly paths: readonly PathShape[];
  readonly texts: readonly TextShape[];
}

export function group(className: string, shapes: Partial<Omit<Group, 'className'>>): Group {
  return { className, transform: null, boxes: [], paths: [], texts: [], ...shapes };
}

export function path(className: string, d: string, style: string | null = null): PathShape {
  return { className, d, style };
}

export function box(className: string, corner: Point, width: number, height: number, radius = 0): BoxShape {
  const [x, y] = [px(corner.x), px(corner.y)];
  return { className, x, y, width: px(width), height: px(height), radius: px(radius) };
}

export function text(className: string, at: Point, content: string): TextShape {
  return { className, x: px(at.x), y: px(at.y), text: escapeXml(content) };
}

/** Print a length in pixels with at most two decimals. */
export function px(length: number): string {
  return String(Math.round(length * 100) / 100 + 0);
}

/** Print a point for the data of a path. */
export function xy({ x, y }: Point): string {
  return `${px(x)} ${px(y)}`;
}

/** Compute p + n·v. */
export function along(p: Point, n: number, v: Point): Point {
  return { x: p.x + n * v.x, y: p.y + n * v.y };
}

export function escapeXml(content: string): string {
  return content.replace(/[&<>"]/g, (sign) => ENTITIES[sign]!);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
