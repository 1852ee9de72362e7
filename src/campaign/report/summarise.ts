import type { DatabaseSync } from 'node:sqlite';
import { deepFreeze } from '../../design/freeze.ts';
import { MASKED_STAGES, OUTCOME_CLASSES, PATTERNS } from '../outcome.ts';
import { type CampaignAbout, readAbout } from './campaign-about.ts';
import type { Accounting, Accuracy, CampaignSummary, Estimate, HarmfulFault } from './campaign-summary.ts';
import { cycleBins } from './cycle-bins.ts';
import { readDomains } from './domains.ts';
import { estimate, wholePopulation } from './estimate.ts';
import { faultRows } from './fault-rows.ts';
import { bitGroups, countOf, cycleGroups, type Gathered, groupKeys, groupsOf, peGroups } from './groups.ts';
import { measuresOf } from './measures.ts';
import { type HarmfulNumbers, MostHarmful } from './most-harmful.ts';
import { Tallies } from './tallies.ts';

const HARMFUL_FAULTS = 10;

/**
 * Work out all that a campaign's store tells, finished or not, in one pass over its outcomes.
 * @throws {FileError} when the store is of another format or incomplete
 */
export function summarise(db: DatabaseSync): CampaignSummary {
  const about = readAbout(db);
  const measures = measuresOf(about.confidenceChanges);
  const bins = cycleBins(db, about);
  const clean = cleanAccuracy(db);
  const tallies = new Tallies(groupKeys(about, bins));
  const harmful = new MostHarmful(about, measures, clean !== null, HARMFUL_FAULTS);
  let runs = 0;
  for (const row of faultRows(db, about, measures)) {
    tallies.add(row);
    harmful.add(row);
    runs += row.images;
  }
  const gathered: Gathered = { about, domains: readDomains(db), measures, tallies };
  const share = wholeShares(gathered);
  return deepFreeze({
    about,
    accounting: accountingOf(gathered, runs),
    classes: OUTCOME_CLASSES.map((name) => ({
      name,
      share: share(measures.classes[name], name === 'masked' ? 1 : 0),
    })),
    sdc5: share(measures.sdc5),
    confidenceChanges: about.confidenceChanges.map((change, at) => ({
      change,
      share: share(measures.confidenceChanges[at]!),
    })),
    nonFinite: share(measures.nonFinite),
    accuracy: clean === null ? null : accuracyOf(clean, share(measures.accuracy, 0.5)),
    stages: MASKED_STAGES.map((name) => ({ name, share: share(measures.stages[name]) })),
    maskedBefore: maskedBefore(db, about),
    patterns: PATTERNS.map((name) => {
      const all = share(measures.patterns[name]);
      const sdc1 = share(measures.patternSdc1[name]);
      return { name, share: all, sdc1: all && sdc1 && all.estimate > 0 ? sdc1.estimate / all.estimate : null };
    }),
    layers: groupsOf(gathered, 'layer'),
    nodes: groupsOf(gathered, 'node'),
    kinds: groupsOf(gathered, 'kind'),
    bits: groupsOf(gathered, 'bit'),
    channels: groupsOf(gathered, 'channel'),
    nodeBits: bitGroups(gathered),
    cycles: cycleGroups(gathered, bins),
    pes: peGroups(gathered),
    mostHarmful: harmful.worstFirst.map((numbers) => withText(db, numbers)),
  });
}

/** Estimate measures in the whole population. */
function wholeShares({ about, tallies }: Gathered): (measure: number, deadShare?: number) => Estimate | null {
  const tally = tallies.of('all').get('') ?? new Map();
  const sized = wholePopulation(about.strata, tally);
  return (measure, deadShare = 0) =>
    sized && estimate(sized, tally, { measure, deadShare, confidence: about.confidence });
}

function accountingOf({ about, tallies }: Gathered, runs: number): Accounting {
  const tally = tallies.of('all').get('') ?? new Map();
  const strata = about.strata.map((stratum, at) => {
    const { run = 0, errors = 0 } = tally.get(at) ?? {};
    return { ...stratum, run, errors };
  });
  const sum = (of: 'live' | 'dead') => strata.reduce((total, stratum) => total + stratum[of], 0);
  return { live: sum('live'), dead: sum('dead'), planned: about.planned, ...countOf(tally), runs, strata };
}

/** The share of images in their true class without a fault, over all layers; null without labels. */
function cleanAccuracy(db: DatabaseSync): number | null {
  return (db.prepare('SELECT avg(correct) AS share FROM clean').get() as { share: number | null }).share;
}

/** Turn shares in [0, 1] back into changes in [−1, 1]. */
function accuracyOf(clean: number, share: Estimate | null): Accuracy {
  const change = (value: number) => 2 * value - 1;
  return {
    clean,
    change: share && {
      estimate: change(share.estimate),
      wilson: [change(share.wilson[0]), change(share.wilson[1])],
      clopperPearson: [change(share.clopperPearson[0]), change(share.clopperPearson[1])],
    },
  };
}

function maskedBefore(db: DatabaseSync, { ended }: CampaignAbout): CampaignSummary['maskedBefore'] {
  const query = db.prepare(`
    SELECT masked_before AS layer, count(*) AS runs FROM outcomes
    WHERE masked_before IS NOT NULL AND fault < ? GROUP BY 1 ORDER BY 2 DESC, 1`);
  return query.all(ended ?? Number.MAX_SAFE_INTEGER) as { layer: string; runs: number }[];
}

function withText(db: DatabaseSync, numbers: HarmfulNumbers): HarmfulFault {
  const { text } = db.prepare('SELECT text FROM faults WHERE n = ?').get(numbers.n) as { text: string };
  return { ...numbers, text };
}
