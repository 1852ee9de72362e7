import { basename } from 'node:path';
import type { CampaignSummary } from './campaign-summary.ts';
import { drawFigures, type FigurePlan } from './figures/figure.ts';
import { heatMap } from './figures/heat-map.ts';
import { bitFigure, cycleFigure } from './figures/range-figures.ts';
import { groupFigure, outcomeFigure, patternFigure, stageFigure } from './figures/share-figures.ts';
import { standaloneSvg } from './figures/tidy-svg.ts';
import { reportPage } from './page/page.ts';
import { readSummary } from './summarise.ts';

/** A figure as a file of its own. */
export interface FigureFile {
  /** Without `.svg`. */
  readonly name: string;
  readonly svg: string;
}

export interface CampaignReport {
  /** One page that needs no other file. */
  readonly html: string;
  readonly figures: readonly FigureFile[];
  readonly summary: CampaignSummary;
}

export interface ReportOptions {
  /** What the store is called in the commands of the report; the base name of its path without it. */
  readonly storeName?: string;
}

/**
 * Write the report of a campaign, finished or not; the same store gives the same bytes.
 * @throws {FileError} when there is no store of this format
 */
export async function reportCampaign(storePath: string, options: ReportOptions = {}): Promise<CampaignReport> {
  const summary = readSummary(storePath);
  return { summary, ...(await drawReport(summary, options.storeName ?? basename(storePath))) };
}

/** Draw a report from what is known of a campaign. */
async function drawReport(
  summary: CampaignSummary,
  storeName: string,
): Promise<Pick<CampaignReport, 'html' | 'figures'>> {
  const figures = await drawFigures(planFigures(summary));
  return {
    html: reportPage(summary, figures, storeName),
    figures: figures.map(({ name, svg }) => ({ name, svg: standaloneSvg(svg) })),
  };
}

function planFigures(summary: CampaignSummary): FigurePlan[] {
  const plans = [
    outcomeFigure(summary),
    stageFigure(summary),
    bitFigure(summary),
    groupFigure('nodes', 'node', summary.nodes),
    groupFigure('layers', 'layer', summary.layers),
    groupFigure('kinds', 'kind', summary.kinds),
    cycleFigure(summary),
    heatMap(summary),
    patternFigure(summary),
  ];
  return plans.filter((plan) => plan !== null);
}
