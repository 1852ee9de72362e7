import { type Command, InvalidArgumentError, Option } from 'commander';
import { BACKENDS } from '../backend/backend.ts';
import { EXPORT_TABLES } from '../campaign/export/columns.ts';
import { EXPORT_FORMATS } from '../campaign/export/export-store.ts';
import type { RunAction } from './program.ts';
import { wholeNumber } from './whole-number.ts';

const STORE = 'store of a campaign';

/** Lay out the commands of fault-injection campaigns. */
export function addCampaignCommands(command: (usage: string, description: string) => Command, run: RunAction): void {
  command('run', 'run a fault-injection campaign, and keep every outcome in a store')
    .argument('<campaign>', 'spec file, or FILE:NAME for one of its campaigns')
    .option('-o, --output <store>', `${STORE} to begin, NAME.campaign when left out`)
    .addOption(workersOption())
    .addOption(backendOption('"functional" when left out, which recomputes only the sums that it reaches'))
    .addOption(validateOption())
    .action(run(async () => (await import('./campaign-run.ts')).runNew));

  command('resume', 'go on with a campaign that was stopped')
    .argument('<store>', STORE)
    .option('--campaign <campaign>', 'spec file, or FILE:NAME, if it is not where the store or the command is')
    .addOption(workersOption())
    .addOption(backendOption('the one that it began with when left out'))
    .addOption(validateOption())
    .action(run(async () => (await import('./campaign-run.ts')).resume));

  command('status', 'show how far a campaign is and what it found')
    .argument('<store>', STORE)
    .action(run(async () => (await import('./campaign-status.ts')).status));

  command('report', 'write the report of a campaign: one HTML page, and its figures')
    .argument('<store>', STORE)
    .option('-o, --output <file>', 'HTML file to write, NAME.html when left out')
    .option('--figures <dir>', 'folder for the figures as SVG files, none when left out')
    .action(run(async () => (await import('./campaign-report.ts')).report));

  command('export', 'write the outcomes of a campaign as CSV, JSON or Parquet')
    .argument('<store>', STORE)
    .requiredOption('-o, --output <file>', 'file to write')
    .addOption(new Option('--format <format>', 'by the ending of the file when left out').choices(EXPORT_FORMATS))
    .addOption(
      new Option('--table <table>', 'a row per fault, or per fault and image; JSON holds both')
        .choices(EXPORT_TABLES)
        .default('outcomes'),
    )
    .action(run(async () => (await import('./campaign-export.ts')).exportOutcomes));
}

function workersOption(): Option {
  return new Option('--workers <n>', 'processes that run faults, one per core when left out').argParser(wholeNumber(1));
}

function backendOption(leftOut: string): Option {
  return new Option('--backend <kind>', `where products run that a fault reaches; ${leftOut}`).choices(BACKENDS);
}

function validateOption(): Option {
  return new Option('--validate <share>', 'run this share of the faults on the RTL as well, such as 2%').argParser(
    (value) => {
      const [, digits] = /^(\d+(?:\.\d+)?)\s*%$/.exec(value) ?? [];
      const share = Number(digits) / 100;
      if (share > 0 && share <= 1) return share;
      throw new InvalidArgumentError('It must be a percentage above 0 and at most 100, such as 2%.');
    },
  );
}
