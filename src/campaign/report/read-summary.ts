import type { CampaignSummary } from './campaign-summary.ts';
import { summarise } from './summarise.ts';

/** Summarise the store at a path, which stays as it is. */
export function readSummary(storePath: string): CampaignSummary {
  const sqlite = process.getBuiltinModule('node:sqlite')!;
  const db = new sqlite.DatabaseSync(storePath, { readOnly: true });
  try {
    // Everything is read as it was at one moment, also beside a campaign that runs.
    db.exec('BEGIN');
    return summarise(db);
  } finally {
    db.close();
  }
}
