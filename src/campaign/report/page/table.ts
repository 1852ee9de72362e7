import { grouped } from '../../../number-text.ts';
import type { Estimate, PopulationCount } from '../campaign-summary.ts';
import { html, type Markup } from './markup.ts';
import { data, endsText, shareText } from './numbers.ts';

/** A cell: text, a number to be grouped, markup, or nothing. */
export type Cell = string | number | Markup | null;

/** Columns whose heading begins with this sign hold text; all but them and the first hold numbers. */
const TEXT_COLUMN = '<';

/** Write a table; the first cell of a row names it. A heading that begins with `<` is that of a column of text. */
export function table(
  caption: string,
  headings: readonly string[],
  rows: readonly (readonly Cell[])[],
  total: readonly Cell[] | null = null,
): Markup {
  const isText = headings.map((heading, at) => at === 0 || heading.startsWith(TEXT_COLUMN));
  const body = (cells: readonly Cell[]) => cells.map((cell, at) => bodyCell(cell, at, isText[at]!));
  return html`<div class="wide"><table><caption>${caption}</caption>
<thead><tr>${headings.map((heading, at) => headCell(heading.replace(/^</, ''), isText[at]!))}</tr></thead>
<tbody>
${rows.map((cells) => html`<tr>${body(cells)}</tr>\n`)}${total && html`<tr class="total">${body(total)}</tr>\n`}</tbody></table></div>
`;
}

/** Put a table that is long behind a click. */
export function folded(summary: string, content: Markup): Markup {
  return html`<details><summary>${summary}</summary>
${content}</details>
`;
}

/** A share with the interval that figures show. */
export function shareCell(share: Estimate | null | undefined): Cell {
  return share ? data(share.estimate, shareText(share)) : 'not run';
}

/** The exact interval. */
export function exactCell(share: Estimate | null | undefined): Cell {
  return share ? endsText(share.clopperPearson) : null;
}

/** How many faults there are, dead ones included. */
export function populationCell(population: PopulationCount | null): Cell {
  return population && population.live + population.dead;
}

function headCell(heading: string, isText: boolean): Markup {
  return isText ? html`<th scope="col">${heading}</th>` : html`<th scope="col" class="number">${heading}</th>`;
}

function bodyCell(cell: Cell, at: number, isText: boolean): Markup {
  const content = typeof cell === 'number' ? data(cell, grouped(cell)) : cell;
  if (at === 0) return html`<th scope="row">${content}</th>`;
  return isText ? html`<td>${content}</td>` : html`<td class="number">${content}</td>`;
}
