import { type Command, Option } from 'commander';
import { BACKENDS } from '../backend/backend.ts';

/** The pieces of the program that the command is made of. */
export interface CommandParts {
  readonly wholeNumber: (least: number) => (value: string) => number;
  /** Runs the action with what commander hands over. */
  readonly run: (...given: unknown[]) => Promise<void>;
}

/** Add `replay` to the commands of campaigns. */
export function addReplayCommand(campaign: Command, { wholeNumber, run }: CommandParts): void {
  const place = wholeNumber(0);
  campaign
    .command('replay')
    .description('run one fault of a campaign again and show what it changes, from the array to the outputs')
    .argument('<store>', 'store of the campaign')
    .argument('<n>', 'number of the fault', place)
    .option('--json', 'print one JSON document to stdout and nothing else')
    .option('--quiet', 'show no progress')
    .option('--debug', 'show stack traces')
    .option('--campaign <file[:name]>', 'the file of the campaign, looked for beside the store when left out')
    .option(
      '--image <place>',
      'image, by its place in the data set; repeatable; one with the worst outcome when left out',
      (value: string, before: readonly number[]) => [...before, place(value)],
      [],
    )
    .addOption(new Option('--backend <kind>', 'model of the machine').choices(BACKENDS).default('functional'))
    .option('--vcd <file>', 'write the waveform of a product in which the fault acts (backend rtl)')
    .option('--product <p>', 'which one, by its number in the layer; the first that changes when left out', place)
    .action(run);
}
