import { type Command, Option } from 'commander';
import { BACKENDS } from '../backend/backend.ts';
import type { RunAction } from './program.ts';
import { wholeNumber } from './whole-number.ts';

/** Lay out the command that runs one fault of a campaign again. */
export function addReplayCommand(command: (usage: string, description: string) => Command, run: RunAction): void {
  const place = wholeNumber(0);
  command('replay', 'run one fault of a campaign again and show what it changes, from the array to the outputs')
    .argument('<store>', 'store of a campaign')
    .argument('<n>', 'number of the fault', place)
    .option('--campaign <campaign>', 'spec file, or FILE:NAME, if it is not where the store or the command is')
    .option(
      '--image <place>',
      'image by its place in the data set, the first with the worst outcome when left out; repeatable',
      (value: string, before: readonly number[]) => [...before, place(value)],
      [],
    )
    .addOption(new Option('--backend <kind>', 'model of the machine').choices(BACKENDS).default('functional'))
    .option('--vcd <file>', 'write the waveform of one product in which the fault acts (backend rtl)')
    .option('--product <p>', 'which product, by its number in the layer; the first that changes when left out', place)
    .action(run(async () => (await import('./campaign-replay.ts')).campaignReplay));
}
