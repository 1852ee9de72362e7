import { classOf, type Outcome } from '../campaign/outcome.ts';
import type {
  ImageReplay,
  ReplayReport,
  ScoresReplay,
  StoredDifference,
  ValueReplay,
} from '../campaign/replay/replay-report.ts';
import { CLASS_WORDS, PATTERN_WORDS, STAGE_WORDS } from '../campaign/report/words.ts';
import { grouped } from '../number-text.ts';
import { count, sides, table } from './text.ts';

/** Beyond this many classes only those with the highest scores are shown. */
const SHOWN_CLASSES = 10;

/** Tell a replay in lines: the fault, and for each image what it changed from the array to the outputs. */
export function describeReplay(report: ReplayReport): string[] {
  const { campaign, array, backend, n, fault, layer, channel, product, images, waveform, stored } = report;
  const where = [
    `layer ${layer}`,
    ...(product === null ? [] : [`product ${product} only`]),
    ...(channel === null ? [] : [`shown in channel ${channel} only`]),
  ];
  const unknown = stored?.error ? `the campaign could not run it: ${stored.error}` : null;
  return [
    `fault ${n} of ${campaign}: ${fault}, ${where.join(', ')}; ${array} on the ${backend} backend`,
    ...(stored === null ? ['the campaign has not run it: there is nothing to compare'] : []),
    ...(unknown === null ? [] : [unknown]),
    ...(stored?.differences ?? []).map((difference) => `differs from the store: ${describeDifference(difference)}`),
    ...images.flatMap((image) => ['', ...describeImage(image)]),
    ...(waveform
      ? ['', `waveform of product ${waveform.product} for image ${waveform.image}: in ${waveform.path}`]
      : []),
  ];
}

function describeImage(report: ImageReplay): string[] {
  const { image, sums, values, scores, outcome, stored, differences } = report;
  return [
    `image ${image}: ${describeProducts(report)}`,
    ...sumsTable(report),
    ...table([
      ['what', 'name', 'shape', 'elements', 'changed', 'largest difference'],
      ['sums of the array', '', ...changeCells(sums)],
      ...values.map((value) => [stageText(value), value.value, ...changeCells(value)]),
    ]),
    ...(scores ? scoreLines(scores, outcome) : []),
    `outcome: ${outcomeText(outcome)}${stored && differences.length === 0 ? ', as in the store' : ''}`,
    ...differences.map((difference) => `differs from the store: ${describeDifference(difference)}`),
  ];
}

function describeProducts({ products }: ImageReplay): string {
  const fired = products.filter(({ firedCycles }) => firedCycles > 0);
  const [only] = products;
  const all = products.length === 1 ? `product ${only!.product}` : count(products.length, 'product');
  if (fired.length === 0) return `the fault changed no bit in ${all}`;
  const cycles = count(
    fired.reduce((sum, { firedCycles }) => sum + firedCycles, 0),
    'cycle',
  );
  const changed = products.filter((product) => product.changed > 0).length;
  if (products.length > 1) {
    return `the fault changed a bit in ${cycles} of ${fired.length} of ${all}, and the results of ${changed}`;
  }
  return `the fault changed a bit in ${cycles} of ${all}, ${changed === 1 ? 'and its result' : 'but not its result'}`;
}

function sumsTable({ sums: { changed, pattern, first, type } }: ImageReplay): string[] {
  if (pattern === null) return [];
  const place = first[0]!.position.length === 3 ? '[channel, y, x]' : 'place';
  const rest = changed - first.length;
  return [
    `${count(changed, 'changed sum')}, pattern: ${PATTERN_WORDS[pattern]}`,
    ...table([
      [place, `${type} without`, 'with', 'bits without', 'with'],
      ...first.map(({ position, clean, faulty, cleanBits, faultyBits }) => [
        `[${position.join(', ')}]`,
        clean,
        faulty,
        cleanBits,
        faultyBits,
      ]),
    ]),
    ...(rest > 0 ? [`and ${grouped(rest)} more`] : []),
  ];
}

function changeCells({ type, shape, elements, changed, largestDifference }: ImageReplay['sums'] | ValueReplay) {
  return [`${sides(shape)} ${type}`, elements, changed, numberText(largestDifference)];
}

function stageText({ stage, before }: ValueReplay): string {
  if (stage === 'layer') return 'result of the layer';
  if (stage === 'output') return 'output of the model';
  return stage === 'activation' ? 'after the activation' : `input of layer ${before}`;
}

function scoreLines({ clean, faulty, ...top }: ScoresReplay, { confidenceChange }: Outcome): string[] {
  const { cleanPrediction, faultyPrediction, cleanConfidence, faultyConfidence } = top;
  const change = confidenceChange === null ? '' : `, a change of ${percentText(confidenceChange)}`;
  const best = (at: number) => Math.max(...[clean[at]!, faulty[at]!].filter((score) => !Number.isNaN(score)));
  const classes = [...clean.keys()];
  const shown = classes.length <= SHOWN_CLASSES ? classes : classes.toSorted((x, y) => best(y) - best(x));
  return [
    ...table([
      ['class', 'score without', 'with'],
      ...shown.slice(0, SHOWN_CLASSES).map((at) => [String(at), numberText(clean[at]!), numberText(faulty[at]!)]),
    ]),
    `top class: ${cleanPrediction} → ${faultyPrediction}; confidence in class ${cleanPrediction}: ${shareText(cleanConfidence)} → ${shareText(faultyConfidence)}${change}`,
  ];
}

function outcomeText(outcome: Outcome): string {
  const { stage, maskedBefore } = outcome;
  const name = CLASS_WORDS[classOf(outcome)];
  if (stage === null) return name;
  return `${name} ${maskedBefore === null ? STAGE_WORDS[stage] : `before layer ${maskedBefore}`}`;
}

function describeDifference({ what, stored, replayed }: StoredDifference): string {
  return `${what} was ${String(stored ?? 'none')}, is ${String(replayed ?? 'none')}`;
}

function numberText(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function shareText(share: number | null): string {
  return share === null ? 'none' : numberText(share);
}

/** Print a change in per cent with three digits; more where these would make all of what is nearly all. */
function percentText(change: number): string {
  const percent = 100 * change;
  const short = Number(percent.toPrecision(3));
  const shown = Math.abs(short) === 100 && Math.abs(percent) < 100 ? Number(percent.toPrecision(6)) : short;
  return `${String(shown).replace(/^-/, '−')} %`;
}
