import type { CampaignSummary, Estimate, Group } from '../campaign-summary.ts';
import { CLASS_WORDS, changeWord, PATTERN_WORDS, STAGE_WORDS } from '../words.ts';
import type { FigurePlan } from './figure.ts';
import { type ShareRow, sharePanel } from './share-panel.ts';

/** Plan the figure of all outcomes; null when nothing was run. */
export function outcomeFigure({
  campaign,
  classes,
  sdc5,
  confidenceChanges,
  nonFinite,
}: CampaignSummary): FigurePlan | null {
  const parts = known(classes.map(({ name, share }) => [CLASS_WORDS[name], share]));
  const beside = known([
    [CLASS_WORDS.sdc_1, classes.find(({ name }) => name === 'sdc_1')!.share],
    ['SDC-5', sdc5],
    ...confidenceChanges.map(({ change, share }) => [changeWord(change), share] as const),
    ['NaN or infinity', nonFinite],
  ]);
  if (parts.length === 0) return null;
  const shares = [...parts, ...beside.slice(1)];
  return {
    name: 'outcomes',
    title: `Outcomes of campaign ${campaign.name}`,
    description: `Share of all pairs of fault and image, with intervals: ${spoken(shares)}.`,
    spec: {
      vconcat: [
        sharePanel(parts, 'Share of faults × images (%)', 'bar'),
        sharePanel(beside, 'Share of faults × images (%), enlarged', 'bar'),
      ],
    },
  };
}

/** Plan the figure of where faults were masked; null when nothing was run. */
export function stageFigure({ stages }: CampaignSummary): FigurePlan | null {
  return shareFigure(
    'stages',
    'Where faults were masked',
    known(stages.map(({ name, share }) => [STAGE_WORDS[name], share])),
  );
}

/** Plan the figure of how wrong elements lie; null when nothing was run. */
export function patternFigure({ patterns }: CampaignSummary): FigurePlan | null {
  return shareFigure(
    'patterns',
    'How the wrong sums of a layer lie',
    known(patterns.map(({ name, share }) => [PATTERN_WORDS[name], share])),
  );
}

/** Plan a figure of SDC-1 by a property of faults; null when there is nothing to compare. */
export function groupFigure(name: string, property: string, groups: readonly Group[]): FigurePlan | null {
  const rows = known(groups.map(({ value, shares }) => [value, shares?.sdc_1 ?? null]));
  if (rows.length < 2) return null;
  return {
    name,
    title: `SDC-1 by ${property}`,
    description: `Share of SDC-1 with intervals: ${spoken(rows)}.`,
    spec: sharePanel(rows, 'SDC-1 (% of faults × images)', 'point'),
  };
}

function shareFigure(name: string, title: string, rows: readonly ShareRow[]): FigurePlan | null {
  if (rows.length === 0) return null;
  return {
    name,
    title,
    description: `Share of all pairs of fault and image, with intervals: ${spoken(rows)}.`,
    spec: sharePanel(rows, 'Share of faults × images (%)', 'bar'),
  };
}

function known(rows: readonly (readonly [label: string, share: Estimate | null])[]): ShareRow[] {
  return rows.flatMap(([label, share]) => (share ? [{ label, share }] : []));
}

function spoken(rows: readonly ShareRow[]): string {
  return rows.map(({ label, share }) => `${label} ${(100 * share.estimate).toFixed(2)} %`).join(', ');
}
