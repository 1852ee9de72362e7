import type { CampaignSummary, Estimate } from '../campaign/report/campaign-summary.ts';
import { changeText, confidenceText, shareText } from '../campaign/report/page/numbers.ts';
import { CLASS_MEANINGS, CLASS_WORDS, changeWord } from '../campaign/report/words.ts';
import type { CampaignProgress } from '../campaign/run-campaign.ts';
import { countedFaults } from '../campaign/store/record.ts';
import { grouped } from '../number-text.ts';
import { count, table } from './text.ts';

/** Say how far a running campaign is: rate, time left, and the share of SDC-1 so far. */
export function describeProgress({ done, planned, runs, seconds, sdc1, started, margin }: CampaignProgress): string {
  const rate = seconds > 0 ? runs / seconds : 0;
  const left = done > started ? Math.round(((planned - done) * seconds) / (done - started)) : null;
  const interval = { estimate: sdc1.estimate, wilson: [sdc1.lower, sdc1.upper] } as const;
  const images = `${grouped(Math.round(rate))} images/s`;
  if (margin) {
    const [reached, wanted] = [margin.reached, margin.wanted].map((share) => (100 * share).toFixed(1));
    return `fault ${grouped(done)}, ${images}, widest margin ±${reached} % of ±${wanted} %, SDC-1 ${shareText(interval)}`;
  }
  const time = left === null ? '' : `, ${left} s left`;
  return `fault ${grouped(done)} of ${grouped(planned)}, ${images}${time}, SDC-1 ${shareText(interval)}`;
}

/** Say what a campaign found, finished or not. */
export function describeSummary(summary: CampaignSummary, path: string): string[] {
  const { campaign, accounting, classes, sdc5, confidenceChanges, nonFinite, accuracy } = summary;
  const counted = countedFaults(campaign);
  const { run, errors, live, dead, runs } = accounting;
  const isDone = run + errors >= counted;
  const rows: string[][] = [['outcome', `share of all faults, ${confidenceText(campaign.confidence)} interval`, '']];
  const add = (name: string, share: Estimate | null, meaning: string) => {
    if (share) rows.push([name, shareText(share), meaning]);
  };
  for (const { name, share } of classes) add(CLASS_WORDS[name], share, CLASS_MEANINGS[name]);
  add('SDC-5', sdc5, 'the top class is not among the five highest without the fault');
  for (const { change, share } of confidenceChanges) {
    add(changeWord(change), share, 'the confidence in the fault-free class changed by more than that');
  }
  add('NaN or infinity', nonFinite, 'in an output that had none');
  const lines = [
    `campaign ${campaign.name}: ${grouped(run)} of ${count(counted, 'fault')} run on ${count(campaign.images.length, 'image')}, ${grouped(runs)} outcomes`,
    `population ${grouped(live + dead)} faults, of which ${grouped(dead)} can reach no output and count as masked`,
  ];
  if (campaign.ended !== undefined)
    lines.push(`ended after ${count(campaign.ended, 'fault')}: every outcome is known to the margin`);
  if (rows.length > 1) lines.push('', ...table(rows));
  if (accuracy?.change) {
    lines.push(
      '',
      `accuracy ${(100 * accuracy.clean).toFixed(1)} % without a fault; a fault changes it by ${changeText(accuracy.change)} on average`,
    );
  }
  if (errors > 0)
    lines.push(
      `${count(errors, 'fault')} could not be run; "espalier campaign export ${path} --table faults -o faults.csv" tells why`,
    );
  const { validation } = campaign;
  if (validation) {
    lines.push(
      validation.differing === 0
        ? `the RTL gave the same bits for ${count(validation.faults, 'fault')} on ${count(validation.images, 'image')} each`
        : `THE RTL GAVE OTHER BITS in ${grouped(validation.differing)} of ${grouped(validation.faults * validation.images)} runs`,
    );
  }
  if (!isDone) lines.push('', `not finished: "espalier campaign resume ${path}" goes on`);
  return lines;
}
