import { type PathShape, type Point, path, px } from './shapes.ts';

/** Cells at equal distances in one row or column. */
interface Run {
  readonly across: number;
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** How cells of a raster become squares in the picture. */
export interface Raster {
  readonly pitch: number;
  readonly side: number;
  /** The middle of a cell. */
  at(cell: Point): Point;
}

/**
 * Draw many equal squares as few dashed lines, one path for every distance between squares: a line as wide as a square
 * whose dashes are the squares. Large arrays fit a small file so.
 */
export function squarePaths(className: string, cells: readonly Point[], raster: Raster): PathShape[] {
  const rows = runsOf(cells.map(({ x, y }) => ({ across: y, at: x })));
  const columns = runsOf(cells.map(({ x, y }) => ({ across: x, at: y })));
  const upright = columns.length < rows.length;
  const byStep = Map.groupBy(upright ? columns : rows, ({ step }) => step);
  return Array.from(byStep, ([step, runs]) => squares(className, runs, step, upright, raster));
}

function squares(
  className: string,
  runs: readonly Run[],
  step: number,
  upright: boolean,
  { pitch, side, at }: Raster,
): PathShape {
  const d = runs.map(({ across, start, count }) => {
    const ends = [start, start + step * (count - 1)].map((along) =>
      at(upright ? { x: across, y: along } : { x: along, y: across }),
    );
    const [from, to] = upright ? ends.sort((p, q) => p.y - q.y) : ends.sort((p, q) => p.x - q.x);
    const length = px((upright ? to!.y - from!.y : to!.x - from!.x) + side);
    return upright
      ? `M${px(from!.x)} ${px(from!.y - side / 2)}v${length}`
      : `M${px(from!.x - side / 2)} ${px(from!.y)}h${length}`;
  });
  const dashes = step === 0 ? '' : `;stroke-dasharray:${px(side)} ${px(step * pitch - side)}`;
  return path(className, d.join(''), `stroke-width:${px(side)}${dashes}`);
}

function runsOf(cells: readonly { readonly across: number; readonly at: number }[]): Run[] {
  const lines = Map.groupBy(cells, ({ across }) => across);
  return Array.from(lines, ([across, ofLine]) => {
    const places = ofLine.map(({ at }) => at).sort((p, q) => p - q);
    const runs: Run[] = [];
    for (let n = 0; n < places.length; ) {
      const start = places[n]!;
      const step = n + 1 < places.length ? places[n + 1]! - start : 0;
      let count = 1;
      while (step > 0 && places[n + count] === start + step * count) count++;
      runs.push({ across, start, step, count });
      n += count;
    }
    return runs;
  }).flat();
}
