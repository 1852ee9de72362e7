import type { CampaignSummary } from '../campaign-summary.ts';
import { CLASS_MEANINGS, CLASS_WORDS, changeWord, PATTERN_WORDS, STAGE_MEANINGS, STAGE_WORDS } from '../words.ts';
import { html, type Markup } from './markup.ts';
import { changeText, confidenceText, data, endsText, percentText } from './numbers.ts';
import type { ShowFigure } from './page.ts';
import { exactCell, shareCell, table } from './table.ts';

/** Write what came out of all faults. */
export function outcomeSection(summary: CampaignSummary, figure: ShowFigure): Markup {
  const { campaign, classes, sdc5, confidenceChanges, nonFinite, accuracy } = summary;
  const confidence = confidenceText(campaign.confidence);
  const change = accuracy?.change;
  return html`<section id="outcomes"><h2>Outcomes</h2>
${figure('outcomes', `Outcomes of all pairs of fault and image with ${confidence} Wilson intervals: above the classes, which exclude each other; below, what is told beside them.`)}
${table(
  `Classes that exclude each other, with ${confidence} intervals`,
  ['Outcome', '<Meaning', 'Share and Wilson interval', 'Clopper–Pearson interval'],
  classes.map(({ name, share }) => [CLASS_WORDS[name], CLASS_MEANINGS[name], shareCell(share), exactCell(share)]),
)}${table(
  'Told beside them',
  ['Measure', '<Meaning', 'Share and Wilson interval', 'Clopper–Pearson interval'],
  [
    ['SDC-5', 'the top class is not among the five highest without the fault', shareCell(sdc5), exactCell(sdc5)],
    ...confidenceChanges.map(({ change: least, share }) => [
      changeWord(least),
      `the confidence in the fault-free class changes by more than ${Number((100 * least).toPrecision(6))} % of itself, or is no number`,
      shareCell(share),
      exactCell(share),
    ]),
    [
      'NaN or infinity',
      'an output holds one that it does not without the fault',
      shareCell(nonFinite),
      exactCell(nonFinite),
    ],
    ...(change
      ? [
          [
            'Accuracy',
            `change of the share of images in their true class, ${percentText(accuracy.clean)} without a fault`,
            data(change.estimate, changeText(change)),
            endsText(change.clopperPearson),
          ],
        ]
      : []),
  ],
)}</section>
`;
}

/** Write where faults that fired were masked. */
export function maskingSection({ stages, maskedBefore, accounting }: CampaignSummary, figure: ShowFigure): Markup {
  const { live, dead } = accounting;
  const deadShare = dead / (live + dead);
  return html`<section id="stages"><h2>Where faults were masked</h2>
${figure('stages', 'The first place from which on everything is bit-identical to the fault-free run.')}
${table(
  'Masked pairs of fault and image; together with the dead faults these are all that are masked',
  ['Masked', '<From where on all is right', 'Share and Wilson interval', 'Clopper–Pearson interval'],
  [
    ...stages.map(({ name, share }) => [STAGE_WORDS[name], STAGE_MEANINGS[name], shareCell(share), exactCell(share)]),
    ['dead faults', 'known to be masked without a run', data(deadShare, percentText(deadShare)), null],
  ],
)}${
  maskedBefore.length === 0
    ? null
    : table(
        'Masked by later layers, before which layer',
        ['Unchanged input of', 'Pairs seen'],
        maskedBefore.map(({ layer, runs }) => [layer, runs]),
      )
}</section>
`;
}

/** Write how wrong sums lie. */
export function patternSection({ patterns }: CampaignSummary, figure: ShowFigure): Markup {
  return html`<section id="patterns"><h2>Spatial patterns</h2>
${figure('patterns', "How the wrong elements of a layer's result lie in its matrix of output pixels (rows) and channels (columns).")}
${table(
  'Pairs of fault and image with wrong sums',
  ['Pattern', 'Share and Wilson interval', 'Clopper–Pearson interval', 'of these SDC-1'],
  patterns.map(({ name, share, sdc1 }) => [
    PATTERN_WORDS[name],
    shareCell(share),
    exactCell(share),
    sdc1 === null ? null : data(sdc1, percentText(sdc1)),
  ]),
)}</section>
`;
}
