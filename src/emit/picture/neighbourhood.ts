import type { Design, Pe } from '../../design/design.ts';
import { linkArrows } from './arrows.ts';
import { BLOCK_WIDTH, type Block } from './column.ts';
import { detailedLayout } from './layout.ts';
import { heading } from './legend.ts';
import { peSquares } from './pe-squares.ts';
import { px } from './shapes.ts';
import type { PictureStream } from './streams.ts';

const TOP = 26;

/** Draw one PE with its neighbours and the links between them, for arrays too large to show them all. */
export function neighbourhood(design: Design, streams: readonly PictureStream[]): Block {
  const centre = innermostPe(design, streams);
  const shown = [centre, ...streams.flatMap(({ network }) => neighboursOf(design, network, centre))];
  const pes = design.pes.filter((pe) => shown.includes(pe));
  const layout = detailedLayout(pes);
  const scale = Math.min(1, (BLOCK_WIDTH - 8) / layout.width, BLOCK_WIDTH / layout.height);
  const transform = `translate(4 ${TOP}) scale(${px(scale)})`;
  return {
    height: TOP + scale * layout.height + 4,
    groups: [
      heading(`PE (${centre.x}, ${centre.y}) and its neighbours`),
      ...[
        peSquares(design, pes, layout, []),
        ...streams.map((stream) => linkArrows(design, pes, onlyAt(stream, centre), layout)),
      ].map((drawn) => ({ ...drawn, transform })),
    ],
  };
}

/** The PE with the most neighbours; of several the one nearest to the middle of the array. */
function innermostPe(design: Design, streams: readonly PictureStream[]): Pe {
  const counts = design.pes.map((pe) =>
    streams.reduce((sum, { network }) => sum + neighboursOf(design, network, pe).length, 0),
  );
  const most = counts.reduce((a, b) => Math.max(a, b));
  const middle = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [middle(design.pes.map((pe) => pe.x)), middle(design.pes.map((pe) => pe.y))];
  const distance = (pe: Pe) => (pe.x - x) ** 2 + (pe.y - y) ** 2;
  const candidates = design.pes.filter(({ index }) => counts[index] === most);
  return candidates.reduce((best, pe) => (distance(pe) < distance(best) ? pe : best));
}

function neighboursOf({ pes }: Design, { upstream, downstream }: PictureStream['network'], { index }: Pe): Pe[] {
  return [upstream[index]!, downstream[index]!].filter((pe) => pe !== -1).map((pe) => pes[pe]!);
}

/** A stream with the links of one PE alone. */
function onlyAt(stream: PictureStream, { index }: Pe): PictureStream {
  const { network } = stream;
  const downstream = network.downstream.map((to, from) => (from === index || to === index ? to : -1));
  return { ...stream, network: { ...network, downstream } };
}
