import type { Design } from '../../design/design.ts';
import type { CycleWindow } from '../../fault/fault.ts';
import type { TileReach } from '../../sim/tile-reach.ts';
import { formatFault } from '../../spec/format.ts';
import { BLOCK_WIDTH, type Block } from './column.ts';
import { squarePaths } from './runs.ts';
import { type BoxShape, box, type Group, group, path, px, type TextShape, text } from './shapes.ts';

const MATRIX_SIDE = 210;
const CELL = 18;

/** Cells of small matrices are larger: the matrix is at least this high, so that its axes have room beside it. */
const LEAST_SIDE = 60;
const MAX_CELL = 32;

/** Up to this many rows and columns every cell is drawn by itself. */
const MAX_CELLS = 32;

const LINE = 15;
const MAX_CHARACTERS = 38;
const LEFT = 22;

/** Draw the output matrix of a tile with the outputs filled that a fault can change. */
export function reachPanel(design: Design, { fault, outputs }: TileReach, number: number): Block {
  const [rows, columns] = design.spec.size;
  const { spec, window } = fault;
  const caption = wrap(spec.name === null ? formatFault(spec) : `${spec.name}: ${formatFault(spec)}`);
  caption.push(`can change ${outputs.size} of ${rows * columns} outputs`);
  if (!isAlways(window)) caption.push(window.tile === null ? 'in the first tile of a job' : `in tile ${window.tile}`);
  const cell = Math.min(
    Math.max(CELL, LEAST_SIDE / rows),
    MAX_CELL,
    MATRIX_SIDE / rows,
    (BLOCK_WIDTH - LEFT - 10) / columns,
  );
  const top = 2 + LINE * caption.length + 22;
  const mark = String(number);
  const width = 10 + 6 * mark.length;
  const title = group('caption', {
    boxes: [box('mark', { x: 0, y: -4 }, width, 16, 8)],
    texts: [
      text('mark-number middle', { x: width / 2, y: 8 }, mark),
      ...caption.map((line, n) =>
        text(line.startsWith('can change') ? 'note strong' : 'note', { x: width + 8, y: 8 + LINE * n }, line),
      ),
    ],
  });
  return { height: top + cell * rows + 4, groups: [title, matrixGroup(outputs, rows, columns, cell, top)] };
}

function matrixGroup(outputs: ReadonlySet<number>, rows: number, columns: number, cell: number, top: number): Group {
  const width = cell * columns;
  const height = cell * rows;
  const transform = `translate(${LEFT} ${px(top)})`;
  const frame = box('matrix', { x: 0, y: 0 }, width, height);
  const texts: TextShape[] = [
    text('tick middle', { x: Math.max(width / 2, 0), y: -7 }, columns === 1 ? 'j = 1' : `j = 1 … ${columns}`),
    text('tick middle turned', { x: -height / 2, y: -8 }, rows === 1 ? 'i' : `i = 1 … ${rows}`),
  ];
  const cells = Array.from(outputs, (output) => ({ x: output % columns, y: Math.floor(output / columns) }));
  cells.sort((p, q) => p.y - q.y || p.x - q.x);
  if (Math.max(rows, columns) > MAX_CELLS) {
    const raster = {
      pitch: cell,
      side: cell,
      at: ({ x, y }: { x: number; y: number }) => ({ x: (x + 0.5) * cell, y: (y + 0.5) * cell }),
    };
    return group('outputs', { transform, boxes: [frame], paths: squarePaths('output', cells, raster), texts });
  }
  const filled: BoxShape[] = cells.map(({ x, y }) => box('output', { x: x * cell, y: y * cell }, cell, cell));
  const bars = [
    ...Array.from({ length: columns - 1 }, (_, n) => `M${px((n + 1) * cell)} 0V${px(height)}`),
    ...Array.from({ length: rows - 1 }, (_, n) => `M0 ${px((n + 1) * cell)}H${px(width)}`),
  ];
  return group('outputs', { transform, boxes: [frame, ...filled], paths: [path('grid', bars.join(''))], texts });
}

function isAlways({ from, to, tile }: CycleWindow): boolean {
  return from === 0 && to === Number.POSITIVE_INFINITY && tile === null;
}

/** Break a text into lines between words, and not within a position. */
function wrap(words: string): string[] {
  const lines: string[] = [];
  for (const word of words.split(/(?<!,) /)) {
    const longer = `${lines.at(-1) ?? ''} ${word}`.trim();
    if (lines.length > 0 && longer.length <= MAX_CHARACTERS) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
