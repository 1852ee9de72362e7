import { readSummary } from '../campaign/report/summarise.ts';
import { describeSummary } from './campaign-text.ts';
import type { Action } from './program.ts';

export const status: Action<[store: string], object> = async (session, [path]) => {
  const summary = readSummary(path);
  session.report(summary, describeSummary(summary, path));
};
