import type { Design } from '../../design/design.ts';
import type { Fault } from '../../fault/fault.ts';
import { tileReach } from '../../sim/tile-reach.ts';
import { render } from '../render.ts';
import { detailedArray, simpleArray } from './array-drawing.ts';
import { AXES_SIZE, axes } from './axes.ts';
import { stackBlocks } from './column.ts';
import { edgeRoom } from './edges.ts';
import { isDetailed } from './layout.ts';
import { factLegend, lineLegend } from './legend.ts';
import { neighbourhood } from './neighbourhood.ts';
import { reachPanel } from './reach-panel.ts';
import { escapeXml, px } from './shapes.ts';
import { pictureStreams } from './streams.ts';

const MARGIN = 20;
const GUTTER = 16;
const TITLE_HEIGHT = 62;

/** What legends may take, so that the smallest arrays have theirs in one column. */
const LEGEND_HEIGHT = 440;
const NEIGHBOURHOOD_HEIGHT = 310;

/**
 * Draw an array as SVG: PEs, flows, edges, and what it is; with faults also the outputs of a tile that each can change.
 * The same design and faults give the same bytes.
 * @throws {FaultError} when the window of a fault begins after the last cycle of a tile
 */
export function arrayPicture(design: Design, faults: readonly Fault[] = []): string {
  const streams = pictureStreams(design);
  const reaches = tileReach(design, faults);
  const detailed = isDetailed(design.pes);
  const { layout, groups } = (detailed ? detailedArray : simpleArray)(design, streams, reaches);
  const room = edgeRoom(streams);
  const arrayWidth = layout.width + 2 * room.beside;
  const arrayHeight = layout.height + 2 * room.above;
  const legend = [lineLegend(design, reaches.length > 0), factLegend(design)];
  const columns = stackBlocks(
    [
      detailed ? legend : [...legend, neighbourhood(design, streams)],
      reaches.map((reach, n) => reachPanel(design, reach, n + 1)),
    ],
    Math.max(arrayHeight + AXES_SIZE, detailed ? LEGEND_HEIGHT : LEGEND_HEIGHT + NEIGHBOURHOOD_HEIGHT),
  );
  const body = Math.max(arrayHeight + AXES_SIZE, columns.height);
  const width = MARGIN + arrayWidth + GUTTER + columns.width + MARGIN;
  const height = TITLE_HEIGHT + body + MARGIN;
  const top = TITLE_HEIGHT + Math.max(0, (body - AXES_SIZE - arrayHeight) / 2);
  return render('svg/array.svg', {
    width: px(width),
    height: px(height),
    name: escapeXml(design.name),
    ...describe(design, reaches.length),
    titleX: MARGIN,
    arrayTransform: `translate(${px(MARGIN + room.beside)} ${px(top + room.above)})`,
    groups,
    axes: [axes(`translate(${MARGIN + 8} ${px(height - MARGIN - 6)})`)],
    columnTransform: `translate(${px(MARGIN + arrayWidth + GUTTER)} ${TITLE_HEIGHT + 8})`,
    blocks: columns.placed,
  });
}

function describe({ spec, pes, stationary }: Design, faults: number) {
  const [n1, n2, n3] = spec.size;
  const { a, b, c } = spec.types;
  const product = `R = A×B + C, A ${n1}×${n3} ${a}, B ${n3}×${n2} ${b}, C and R ${n1}×${n2} ${c}`;
  const held = stationary === null ? 'no line is stationary' : `line ${stationary} is stationary`;
  const marked =
    faults === 0 ? '' : `, with the outputs that ${faults === 1 ? 'a fault' : `${faults} faults`} can change`;
  return {
    subtitle: product,
    description: `${pes.length} PEs and the links between them; ${held}${marked}. ${product}.`,
  };
}
