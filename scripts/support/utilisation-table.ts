import { tableLine } from './guide-marks.ts';
import type { TopRate } from './measure-top.ts';

/** Print how well top modules use their arrays, as a Markdown table. */
export function renderUtilisation(rates: readonly TopRate[]): string {
  return [
    '| T | size | stream | C on every tile | bound | of the bound, filling and draining included | the schedule alone | steady |',
    '|---|---|--:|---|--:|--:|--:|--:|',
    ...rates.map(utilisationRow),
  ].join('\n');
}

export function utilisationRow(rate: TopRate): string {
  const { preset, size, streamBits, withC } = rate;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const shares = [rate.bound, rate.wholeOfBound, rate.scheduleOfBound, rate.steadyOfBound].map(percent);
  return tableLine([`\`${preset}\``, size.join('×'), `${streamBits} bits`, withC ? 'yes' : 'no', ...shares]);
}
