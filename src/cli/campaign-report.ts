import { basename } from 'node:path';
import { writeStream } from '../campaign/export/write-stream.ts';
import { reportCampaign } from '../campaign/report/report-campaign.ts';
import { writeFiles } from '../emit/write-files.ts';
import { assertOutput } from './campaign-output.ts';
import type { Action } from './program.ts';
import { count } from './text.ts';

interface Flags {
  readonly output?: string;
  readonly figures?: string;
}

export const report: Action<[store: string], Flags> = async (session, [path], flags) => {
  session.progress.tell(`reading ${path}`);
  const { html, figures, summary } = await reportCampaign(path, { storeName: basename(path) });
  const output = flags.output ?? `${summary.campaign.name}.html`;
  await assertOutput(output);
  await writeStream(output, [html]);
  if (flags.figures !== undefined) {
    await writeFiles(
      flags.figures,
      figures.map(({ name, svg }) => ({ path: `${name}.svg`, text: svg })),
    );
  }
  const lines = [`${output}: the report of campaign ${summary.campaign.name}`];
  if (flags.figures !== undefined) lines.push(`${flags.figures}: ${count(figures.length, 'figure')}`);
  session.report(
    { output, figures: flags.figures === undefined ? [] : figures.map(({ name }) => `${name}.svg`) },
    lines,
  );
};
