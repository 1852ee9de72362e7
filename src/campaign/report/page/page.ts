import { readFileSync } from 'node:fs';
import type { CampaignSummary } from '../campaign-summary.ts';
import type { Figure } from '../figures/figure.ts';
import { darkFigureRules, pageColourRules } from '../figures/theme.ts';
import { groupSections, peSection } from './group-sections.ts';
import { leadTexts } from './lead.ts';
import { html, type Markup, verbatim } from './markup.ts';
import { accountingSection, harmfulSection, reproductionSection, validationSection } from './method-sections.ts';
import { maskingSection, outcomeSection, patternSection } from './outcome-section.ts';

/** Puts the figure of that name with a caption, or nothing when the campaign has none. */
export type ShowFigure = (name: string, caption: string) => Markup | null;

const STYLE = new URL('../../../../templates/report/page.css', import.meta.url);

/** Write the report as one file that needs no other; `store` is what the store is called in commands. */
export function reportPage(summary: CampaignSummary, figures: readonly Figure[], store: string): string {
  const { campaign } = summary;
  const figure: ShowFigure = (name, caption) => {
    const found = figures.find((one) => one.name === name);
    return found ? html`<figure>${verbatim(found.svg)}<figcaption>${caption}</figcaption></figure>` : null;
  };
  const style = `${pageColourRules()}${darkFigureRules()}\n${readFileSync(STYLE, 'utf8')}`;
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="generator" content="espalier ${campaign.versions.espalier}"/>
<title>Fault-injection campaign ${campaign.name}</title>
<style>
${verbatim(style)}</style>
</head>
<body>
<h1>Fault-injection campaign ${campaign.name}</h1>
<p class="note">${campaign.file}, seed ${campaign.seed}</p>
${leadTexts(summary).map(
  (text) => html`<p class="lead">${text}</p>
`,
)}
${outcomeSection(summary, figure)}${maskingSection(summary, figure)}${groupSections(summary, figure)}${peSection(summary, figure)}${patternSection(summary, figure)}${harmfulSection(summary, store)}${accountingSection(summary)}${validationSection(summary)}${reproductionSection(summary)}</body>
</html>
`.markup;
}
