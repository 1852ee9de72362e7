import { grouped } from '../../../number-text.ts';
import type { SamplingSpec } from '../../campaign-spec.ts';
import type { CampaignSummary, Estimate, Group } from '../campaign-summary.ts';
import { changeText, confidenceText, percentText, shareText } from './numbers.ts';

/** Tell a campaign and what came out in a few sentences, in two paragraphs. */
export function leadTexts(summary: CampaignSummary): readonly [done: string, found: string] {
  return [[whatWasDone(summary), ...howFar(summary)].join(' '), whatCameOut(summary).join(' ')];
}

/** Tell how many faults are injected, and why so many. */
export function samplingWords(sampling: SamplingSpec): string {
  switch (sampling.method) {
    case 'exhaustive':
      return 'every live fault';
    case 'count':
      return `${grouped(sampling.count)} live faults${sampling.each ? ' of each stratum' : ''}, drawn at random without repetition`;
    case 'margin':
      return (
        `live faults, drawn at random without repetition, as many as a margin of ±${percentText(sampling.margin)} at p = ${sampling.p} needs` +
        (sampling.each ? ' in each stratum' : '')
      );
    case 'sequential':
      return `live faults, drawn at random without repetition until every margin is at most ±${percentText(sampling.margin)}`;
  }
}

function whatWasDone({ campaign, accounting }: CampaignSummary): string {
  const { array, layers, images } = campaign;
  const { a, b, c } = array.types;
  const all = accounting.live + accounting.dead;
  return (
    `Of ${grouped(all)} possible ${campaign.window} faults, ${grouped(accounting.run)} were injected into the array ${array.name} ` +
    `(${array.size.join(' × ')}, ${grouped(array.pes.length)} PEs, ${a} × ${b} → ${c}), which computes ` +
    `${layers.length === 1 ? 'the layer' : `the ${layers.length} layers`} ${listed(layers)} of the model, ` +
    `each with ${plural(images.length, 'image')}: ${plural(accounting.runs, 'run')}.`
  );
}

function whatCameOut({ campaign, classes, accuracy, nodes }: CampaignSummary): string[] {
  const [notFired, masked, , sdc1] = classes.map(({ share }) => share);
  if (!notFired || !masked || !sdc1) return ['Nothing was run yet.'];
  const sentences = [
    `A random fault changes the top class of one of the campaign’s images with a probability of ${shareText(sdc1)} ` +
      `(SDC-1; in brackets the ${confidenceText(campaign.confidence)} Wilson interval); ` +
      `${shareText(masked)} of all pairs of fault and image are masked, and in ${shareText(notFired)} the fault changes no bit.`,
  ];
  const node = worst(nodes);
  if (node && nodes.length > 1) {
    sentences.push(`Of the nodes, ${node.value} has the highest estimate, ${shareText(node.shares.sdc_1)}.`);
  }
  if (accuracy?.change) {
    sentences.push(
      `Without a fault ${percentText(accuracy.clean)} of the images are in their true class; ` +
        `a random fault changes that by ${changeText(accuracy.change)}.`,
    );
  }
  return sentences;
}

function howFar({ campaign, accounting }: CampaignSummary): string[] {
  const { run, errors, planned } = accounting;
  const done = run + errors;
  if (campaign.ended !== undefined)
    return [`Sampling ended after ${grouped(campaign.ended)} of at most ${grouped(planned)} faults.`];
  if (done < planned) return [`The campaign is not finished: ${grouped(done)} of ${grouped(planned)} faults are done.`];
  return [];
}

interface WithShares {
  readonly shares: { readonly sdc_1: Estimate };
}

function worst<G extends Group>(groups: readonly G[]): (G & WithShares) | null {
  const run = groups.filter((group): group is G & WithShares => group.run > 0 && group.shares !== null);
  const first = run.toSorted((a, b) => b.shares.sdc_1.estimate - a.shares.sdc_1.estimate)[0];
  return first && first.shares.sdc_1.estimate > 0 ? first : null;
}

function listed(names: readonly string[]): string {
  return names.length > 4 ? `${names[0]}, ${names[1]}, … ${names.at(-1)}` : names.join(', ');
}

function plural(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;
}
