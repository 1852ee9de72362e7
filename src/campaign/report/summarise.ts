import type { DatabaseSync } from 'node:sqlite';
import { deepFreeze } from '../../design/freeze.ts';
import { MASKED_STAGES, OUTCOME_CLASSES, PATTERNS } from '../outcome.ts';
import { openStore } from '../store/open-store.ts';
import { type CampaignRecord, countedFaults } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import type { Accounting, Accuracy, CampaignSummary, Estimate, HarmfulFault } from './campaign-summary.ts';
import { cycleBins } from './cycle-bins.ts';
import { readDomains } from './domains.ts';
import { estimate, wholePopulation } from './estimate.ts';
import { faultShares } from './fault-shares.ts';
import { bitGroups, countOf, cycleGroups, type Gathered, groupKeys, groupsOf, peGroups } from './groups.ts';
import { measuresOf } from './measures.ts';
import { type HarmfulNumbers, MostHarmful } from './most-harmful.ts';
import { Tallies } from './tallies.ts';

const HARMFUL_FAULTS = 10;

/**
 * Work out all that a campaign's store tells, finished or not, in one pass over its outcomes.
 * @throws {FileError} when the file is damaged
 */
export function summarise(store: Store): CampaignSummary {
  return store.query((db) => summariseDatabase(db, store.record));
}

/**
 * Summarise the store at a path, which is left to any writer.
 * @throws {FileError} when there is no store of this format
 */
export function readSummary(storePath: string): CampaignSummary {
  using store = openStore(storePath, { readonly: true });
  return summarise(store);
}

function summariseDatabase(db: DatabaseSync, campaign: CampaignRecord): CampaignSummary {
  const measures = measuresOf(campaign.confidenceChanges);
  const bins = cycleBins(db, campaign);
  const clean = cleanAccuracy(db);
  const tallies = new Tallies(groupKeys(campaign, bins));
  const harmful = new MostHarmful(campaign, measures, clean !== null, HARMFUL_FAULTS);
  let runs = 0;
  for (const row of faultShares(db, campaign, measures)) {
    tallies.add(row);
    harmful.add(row);
    runs += row.images;
  }
  const gathered: Gathered = { campaign, domains: readDomains(db), measures, tallies };
  const share = wholeShares(gathered);
  return deepFreeze({
    campaign,
    accounting: accountingOf(gathered, runs),
    classes: OUTCOME_CLASSES.map((name) => ({
      name,
      share: share(measures.classes[name], name === 'masked' ? 1 : 0),
    })),
    sdc5: share(measures.sdc5),
    confidenceChanges: campaign.confidenceChanges.map((change, at) => ({
      change,
      share: share(measures.confidenceChanges[at]!),
    })),
    nonFinite: share(measures.nonFinite),
    accuracy: clean === null ? null : accuracyOf(clean, share(measures.accuracy, 0.5)),
    stages: MASKED_STAGES.map((name) => ({ name, share: share(measures.stages[name]) })),
    maskedBefore: maskedBefore(db, campaign),
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
function wholeShares({ campaign, tallies }: Gathered): (measure: number, deadShare?: number) => Estimate | null {
  const tally = tallies.of('all').get('') ?? new Map();
  const sized = wholePopulation(campaign.strata, tally);
  return (measure, deadShare = 0) =>
    sized && estimate(sized, tally, { measure, deadShare, confidence: campaign.confidence });
}

function accountingOf({ campaign, tallies }: Gathered, runs: number): Accounting {
  const tally = tallies.of('all').get('') ?? new Map();
  const strata = campaign.strata.map((stratum, at) => {
    const { run = 0, errors = 0 } = tally.get(at) ?? {};
    return { ...stratum, run, errors };
  });
  const sum = (of: 'live' | 'dead') => strata.reduce((total, stratum) => total + stratum[of], 0);
  return { live: sum('live'), dead: sum('dead'), planned: campaign.planned, ...countOf(tally), runs, strata };
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

function maskedBefore(db: DatabaseSync, campaign: CampaignRecord): CampaignSummary['maskedBefore'] {
  const query = db.prepare(`
    SELECT masked_before AS layer, count(*) AS runs FROM outcomes
    WHERE masked_before IS NOT NULL AND fault < ? GROUP BY 1 ORDER BY 2 DESC, 1`);
  return query.all(countedFaults(campaign)) as { layer: string; runs: number }[];
}

function withText(db: DatabaseSync, numbers: HarmfulNumbers): HarmfulFault {
  const { text } = db.prepare('SELECT text FROM faults WHERE n = ?').get(numbers.n) as { text: string };
  return { ...numbers, text };
}
