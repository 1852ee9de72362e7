import type { CampaignSummary, Group, PeGroup } from '../campaign-summary.ts';
import { html, type Markup } from './markup.ts';
import type { ShowFigure } from './page.ts';
import { type Cell, exactCell, folded, populationCell, shareCell, table } from './table.ts';

/** With more rows than this a table is folded; with more PEs, only the worst are listed. */
const LONG_TABLE = 12;
const LISTED_PES = 64;

/** Write how outcomes depend on the property of a fault. */
export function groupSections(summary: CampaignSummary, figure: ShowFigure): Markup {
  const { nodes, layers, kinds, bits, channels, nodeBits, cycles } = summary;
  const all = 'of all faults with this property, dead ones included';
  const alive = 'of the live faults only, as it is not known how many dead ones have this property';
  return html`<section id="bits"><h2>By bit position</h2>
${figure('bits', `SDC-1 by bit, 0 the least significant, and node, ${nodeBits.every(({ population }) => population) ? all : alive}.`)}
${groupTable('By bit of a node', 'Bit', nodeBits, ({ node, bit }) => `${node} ${bit}`)}${groupTable('By bit of any node', 'Bit', bits)}</section>
<section id="nodes"><h2>By node</h2>
${figure('nodes', `SDC-1 by node, ${all}.`)}
${groupTable('By node', 'Node', nodes)}</section>
${
  layers.length < 2
    ? null
    : html`<section id="layers"><h2>By layer</h2>
${figure('layers', `SDC-1 by the layer in which the fault acts, ${all}.`)}
${groupTable('By layer', 'Layer', layers)}</section>
`
}${
  kinds.length < 2
    ? null
    : html`<section id="kinds"><h2>By kind of fault</h2>
${figure('kinds', `SDC-1 by kind, ${all}.`)}
${groupTable('By kind', 'Kind', kinds)}</section>
`
}${channels.length < 2 ? null : html`<section id="channels"><h2>By output channel</h2>\n${groupTable('By channel', 'Channel', channels)}</section>\n`}${
  cycles.length === 0
    ? null
    : html`<section id="cycles"><h2>By cycle</h2>
${figure('cycles', `SDC-1 by the cycle in which a transient fault acts, counted from the first beat of the product, ${alive}.`)}
${groupTable('By cycle of a layer', 'Cycles', cycles, ({ layer, value }) => `${layer}, ${value}`)}</section>
`
}`;
}

/** Say on how many faults the cells of the map rest. */
function faultsEach(pes: readonly PeGroup[]): string {
  const runs = pes.map(({ run }) => run);
  const [least, most] = [Math.min(...runs), Math.max(...runs)];
  const number = least === most ? `${least}` : `${least} to ${most}`;
  return `${number} ${most === 1 ? 'fault was' : 'faults were'} run in each${most < 30 ? ', so single PEs say little' : ''}`;
}

/** Write how outcomes depend on the PE. */
export function peSection({ pes }: CampaignSummary, figure: ShowFigure): Markup {
  const share = ({ sdc1 }: PeGroup) => sdc1?.estimate ?? -1;
  const listed = pes.length > LISTED_PES ? pes.toSorted((a, b) => share(b) - share(a)).slice(0, LISTED_PES) : pes;
  const caption = listed.length < pes.length ? `The ${LISTED_PES} PEs with the most SDC-1` : 'By PE';
  return html`<section id="pes"><h2>By PE</h2>
${figure('pes', `SDC-1 by PE, each at its (x, y) in the array, of all its faults, dead ones included; ${faultsEach(pes)}.`)}
${folded(
  `Table: ${caption}`,
  table(
    caption,
    ['PE', 'Faults', 'Run', 'SDC-1', 'Clopper–Pearson'],
    listed.map(({ x, y, population, run, sdc1 }) => [
      `(${x}, ${y})`,
      populationCell(population),
      run,
      shareCell(sdc1),
      exactCell(sdc1),
    ]),
  ),
)}</section>
`;
}

function groupTable<G extends Group>(
  caption: string,
  heading: string,
  groups: readonly G[],
  name: (group: G) => string = ({ value }) => value,
): Markup | null {
  if (groups.length === 0) return null;
  const counted = groups.some(({ population }) => population !== null);
  const content = table(
    caption,
    [heading, ...(counted ? ['Faults'] : []), 'Run', 'Not fired', 'Masked', 'Non-critical', 'SDC-1', 'Clopper–Pearson'],
    groups.map((group): Cell[] => {
      const { shares } = group;
      return [
        name(group),
        ...(counted ? [populationCell(group.population)] : []),
        group.run,
        shareCell(shares?.not_fired),
        shareCell(shares?.masked),
        shareCell(shares?.non_critical),
        shareCell(shares?.sdc_1),
        exactCell(shares?.sdc_1),
      ];
    }),
  );
  return groups.length > LONG_TABLE ? folded(`Table: ${caption}`, content) : content;
}
