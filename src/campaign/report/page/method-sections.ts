import { formatMatrix } from '../../../projection/space-time.ts';
import type { CampaignSummary } from '../campaign-summary.ts';
import { samplingWords } from './lead.ts';
import { html, type Markup } from './markup.ts';
import { confidenceText, percentText, pointsText } from './numbers.ts';
import { type Cell, table } from './table.ts';

/** Write how the sample came about. */
export function accountingSection({ campaign, accounting }: CampaignSummary): Markup {
  const { live, dead, planned, run, errors, strata } = accounting;
  const cells = (part: typeof accounting | (typeof strata)[number]): Cell[] => [
    part.live + part.dead,
    part.dead,
    part.live,
    part.planned,
    part.run + part.errors,
    part.run,
    part.errors,
  ];
  return html`<section id="sampling"><h2>Sampling</h2>
<p>The campaign runs ${samplingWords(campaign.sampling)}, each with all images.
A dead fault cannot reach a result, so it counts as masked without being run and adds no uncertainty. A fault that could not be run
counts for no share. The unit of sampling is the fault: intervals take into account that the images of one fault go together, how large a part of its
stratum was drawn, and the size of each stratum.
Those of groups of faults that cut across strata weigh each stratum by its part of the group, which is estimated from the sample.</p>
${table(
  `Faults; ${confidenceText(campaign.confidence)} intervals`,
  ['Stratum', 'Population', 'of it dead', 'of it live', 'Planned', 'Drawn', 'Run', 'Errors'],
  strata.map((stratum) => [stratum.label, ...cells(stratum)]),
  strata.length > 1 ? ['all', ...cells({ ...accounting, live, dead, planned, run, errors })] : null,
)}</section>
`;
}

/** Write what a comparison with the RTL found. */
export function validationSection({ campaign: { validation } }: CampaignSummary): Markup {
  const text = validation
    ? `${percentText(validation.share)} of the faults that were run (${validation.faults}) were run again on the RTL of the array in Verilator, ` +
      `with ${validation.images} images: ${validation.differing === 0 ? 'every sum of the layer was equal, bit for bit.' : `${validation.differing} runs differ.`}`
    : 'No part of this campaign was run again on the RTL.';
  return html`<section id="validation"><h2>Comparison with the hardware</h2>
<p>${text}</p></section>
`;
}

/** Write the faults that did most harm and how to see each again. */
export function harmfulSection({ mostHarmful }: CampaignSummary, store: string): Markup | null {
  if (mostHarmful.length === 0) return null;
  return html`<section id="harmful"><h2>Most harmful faults</h2>
${table(
  'Shares of the images of each fault',
  ['Fault', '<Layer', '<What acts, and how to see it again', 'SDC-1', 'SDC-5', 'Changed', 'Accuracy'],
  mostHarmful.map(({ n, layer, text, sdc1, sdc5, changed, accuracyChange }) => [
    String(n),
    layer,
    html`<code>${text}</code><br/><code class="command">espalier campaign replay ${shellWord(store)} ${n}</code>`,
    percentText(sdc1),
    percentText(sdc5),
    percentText(changed),
    accuracyChange === null ? null : pointsText(accuracyChange),
  ]),
)}</section>
`;
}

/** Write all that is needed to run the campaign again. */
export function reproductionSection({ campaign }: CampaignSummary): Markup {
  const { file, name, seed, array, versions, hashes, text, backend, ownPieces } = campaign;
  const { a, b, c } = array.types;
  const on = backend === 'functional' ? '' : ` --backend ${backend}`;
  const code = (content: string) => html`<code class="hash">${content}</code>`;
  return html`<section id="reproduce"><h2>Run it again</h2>
<pre>espalier campaign run ${shellWord(`${file}:${name}`)}${on}</pre>
${
  ownPieces.length === 0
    ? ''
    : html`<p class="note">A program of its own ran it: it replaced the ${ownPieces.join(' and the ')}, which the command alone does not repeat.</p>`
}
${table(
  'What the results depend on',
  ['Thing', '<Value'],
  [
    ['seed', String(seed)],
    ['backend', backend],
    ['array', `${array.name}, ${array.size.join(' × ')}, ${a} × ${b} + ${c}`],
    ['matrix T', formatMatrix(array.matrix)],
    ['Espalier', versions.espalier],
    ['Node.js', versions.node],
    ['ONNX Runtime', versions.onnxruntime],
    ['processor', versions.processor],
    ...Object.entries(HASHED).flatMap(([of, what]) => {
      const hash = hashes[of as keyof typeof hashes];
      return hash === null ? [] : [[`SHA-256 of ${what}`, code(hash)]];
    }),
  ],
)}
<p class="note">The array and the campaign:</p>
<pre>${array.text}
${text}</pre></section>
`;
}

const HASHED = {
  campaign: 'the campaign’s text',
  design: 'the array’s design',
  model: 'the model',
  data: 'the data',
  labels: 'the labels',
} as const;

function shellWord(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
