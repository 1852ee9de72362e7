import type { Design } from '../../design/design.ts';
import type { TileReach } from '../../sim/tile-reach.ts';
import { linkArrows } from './arrows.ts';
import { edgeArrows } from './edges.ts';
import { detailedLayout, type Layout, simpleLayout } from './layout.ts';
import { faultMarks, peSquares } from './pe-squares.ts';
import { squarePaths } from './runs.ts';
import { type Group, group } from './shapes.ts';
import type { PictureStream } from './streams.ts';

/** The array itself; its area begins at (0, 0), arrows at the edge go beyond. */
export interface ArrayDrawing {
  readonly layout: Layout;
  readonly groups: readonly Group[];
}

/** Draw every PE, link and lane. */
export function detailedArray(
  design: Design,
  streams: readonly PictureStream[],
  reaches: readonly TileReach[],
): ArrayDrawing {
  const layout = detailedLayout(design.pes);
  return {
    layout,
    groups: [
      peSquares(design, design.pes, layout, reaches),
      ...streams.map((stream) => linkArrows(design, design.pes, stream, layout)),
      ...streams.map((stream) => edgeArrows(design, stream, layout, 'all')),
      ...(reaches.length > 0 ? [faultMarks(design, layout, reaches)] : []),
    ],
  };
}

/** Draw PEs as small squares, and of the lanes the first and the last. */
export function simpleArray(
  design: Design,
  streams: readonly PictureStream[],
  reaches: readonly TileReach[],
): ArrayDrawing {
  const layout = simpleLayout(design.pes);
  const reached = design.pes.filter(({ index }) => reaches.some(({ pes }) => pes.has(index)));
  const faulty = design.pes.filter(({ index }) => reaches.some(({ fault }) => fault.peIndex === index));
  const raster = { pitch: layout.pitch, side: 2 * layout.half, at: layout.at };
  return {
    layout,
    groups: [
      group('squares', {
        paths: [
          ...squarePaths('pe', design.pes, raster),
          ...squarePaths('reached', reached, raster),
          ...squarePaths('faulty', faulty, raster),
        ],
      }),
      ...streams.map((stream) => edgeArrows(design, stream, layout, 'ends')),
      ...(reaches.length > 0 ? [faultMarks(design, layout, reaches)] : []),
    ],
  };
}
