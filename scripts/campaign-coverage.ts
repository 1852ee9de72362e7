/**
 * Measure how often the intervals of sampled campaigns hold the true shares, which a campaign of every fault gives: a
 * convolution of the example digits on an array of 4 × 4 × 4. Prints a table, and exits with 1 if an interval covers less than
 * 90 %.
 *
 *   npx node scripts/campaign-coverage.ts [--seeds 1000] [--faults 100] [--images 6] [--confidence 95]
 */
import { parseArgs } from 'node:util';
import { table } from '../src/cli/text.ts';
import { DESIGNS, measureCoverage, takeCensus } from '../test/campaign/support/coverage.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    faults: { type: 'string', default: '100' },
    images: { type: 'string', default: '6' },
    confidence: { type: 'string', default: '95' },
  },
});
const seeds = Number(values.seeds);
const faults = Number(values.faults);
const confidence = Number(values.confidence) / 100;

const census = await takeCensus(Number(values.images));
const { live, dead } = census.campaign.population;
console.log(
  `${live + dead} faults (${dead} dead), ${values.images} images; ${seeds} samples of ${faults} faults, ${values.confidence} % intervals\n`,
);

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const rows = [['sample', 'class', 'true share', 'Wilson', 'Clopper–Pearson']];
let least = 1;
for (const design of DESIGNS) {
  for (const { name, share, covered } of measureCoverage(census, { design, seeds, faults, confidence })) {
    const [wilson, exact] = [covered.wilson / seeds, covered.clopper_pearson / seeds];
    least = Math.min(least, wilson, exact);
    rows.push([design, name, percent(share), percent(wilson), percent(exact)]);
  }
}
console.log(table(rows).join('\n'));
await census.campaign.close();
process.exitCode = least >= 0.9 ? 0 : 1;
