import { Command, InvalidArgumentError, Option } from 'commander';
import { BACKENDS } from '../backend/backend.ts';
import { ARCHITECTURES } from '../backend/machine-design.ts';
import { DEFAULT_LOWERING, LOWERINGS } from '../onnx/lowering/lowering.ts';
import { describeDevices, TARGETS } from '../synth/targets.ts';
import { NARROWEST_STREAM_BITS, WIDEST_STREAM_BITS } from '../top/stream-rules.ts';
import { VERSION } from '../version.ts';
import { addCampaignCommands } from './campaign-command.ts';
import { addReplayCommand } from './campaign-replay-command.ts';
import type { CommonFlags, Host, Session } from './session.ts';
import { inSession } from './session.ts';
import { wholeNumber } from './whole-number.ts';

/**
 * Lay out the commands and their flags. The code of a command is loaded when it is called, so that help and the small
 * commands start at once.
 */
export function buildProgram(host: Host): Command {
  const program = new Command('espalier')
    .description('Systolic arrays from space-time matrices: Verilog, a bit-exact simulator, faults on both.')
    .version(VERSION)
    .option('--debug', 'show stack traces')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'espalier: ')) })
    .exitOverride();

  const commandOf =
    (parent: Command) =>
    (usage: string, description: string): Command =>
      parent
        .command(usage)
        .description(description)
        .option('--json', 'print one JSON document to stdout and nothing else')
        .option('--quiet', 'show no progress')
        .option('--debug', 'show stack traces');
  const command = commandOf(program);

  command('generate', 'write an array as synthesizable Verilog, with its manifest and a picture')
    .argument('<spec>', SPEC)
    .option('-o, --output <dir>', 'folder to write to, the name of the array when left out')
    .option('--top', 'write a top module around the array as well: AXI4-Stream for tiles, AXI4-Lite for registers')
    .addOption(streamBitsOption())
    .option('--fault <fault>', `${FAULT}; shown in the picture of the array`, append, [])
    .option(
      '--tb',
      'write testbenches that check themselves and need only a simulator: of the grid, and with --top of the core',
    )
    .option(
      '--package',
      'write files for FuseSoC, Yosys and Vivado, clock constraints and a README, and testbenches as with --tb',
    )
    .action(run(host, async () => (await import('./generate.ts')).generate));

  command('synth', 'synthesise an array with Yosys: the cells of a PE and of the whole, and what fault slots cost')
    .argument('<spec>', SPEC)
    .addOption(new Option('--target <family>', 'family of FPGAs').choices(TARGETS).default('ice40'))
    .option('--device <name>', `device of the family: ${describeDevices()}; the first when left out`)
    .option('--no-dsp', 'build multipliers from LUTs')
    .option('--top', 'count a top module around the array too; it decides whether the array fits')
    .addOption(streamBitsOption())
    .option('--clock', 'place and route the array as well, for the clock frequency (ice40, with nextpnr-ice40)')
    .action(run(host, async () => (await import('./synth.ts')).synth));

  command('check', 'compare the simulators and the Verilog, cycle by cycle, under random faults')
    .argument('[spec]', SPEC)
    .option('--trials <n>', 'number of random jobs', wholeNumber(1), 1000)
    .option('--seed <s>', 'where the random numbers start', wholeNumber(0), 1)
    .option('--no-rtl', 'compare the simulators only')
    .addOption(
      new Option(
        '--architecture <kind>',
        'Verilog to compare: the grid as it is synthesised, or its rolled model, which compiles fast; by size when left out',
      ).choices(ARCHITECTURES),
    )
    .option('--replay <file>', 'run the case of a replay file again instead of random jobs')
    .option('-o, --output <dir>', 'folder for the replay file and the waveform of a mismatch', '.')
    .action(run(host, async () => (await import('./check.ts')).check));

  command('matmul', 'run R = A×B + C on an array')
    .argument('<spec>', SPEC)
    .argument('<a>', 'A, M×K (.npy)')
    .argument('<b>', 'B, K×N (.npy)')
    .argument('[c]', 'C, M×N (.npy), zeros when left out')
    .option('-o, --output <file>', 'write R to this .npy file')
    .addOption(backendOption())
    .option('--fault <fault>', FAULT, append, [])
    .action(run(host, async () => (await import('./matmul.ts')).matmul));

  command('run', 'run a model, the chosen layers on an array and all else in ONNX Runtime')
    .argument('<model>', MODEL)
    .requiredOption('--array <spec>', SPEC)
    .option('--layers <names>', 'layers to run on the array, all that can when left out', names)
    .addOption(
      new Option('--lowering <name>', 'how convolutions become matrix products')
        .choices(LOWERINGS)
        .default(DEFAULT_LOWERING),
    )
    .option('--input <[name=]file>', 'data of an input: array, IDX file, image, folder of images', append, [])
    .option('--preprocess <[name=]text>', 'how each item is prepared, such as "nchw, scale 1/255"', append, [])
    .option('--shape <[name=]shape>', 'shape of a raw file, such as 64x1x28x28', append, [])
    .option('--dtype <[name=]dtype>', 'element type of a raw file', append, [])
    .option('--limit <n>', 'take only the first items', wholeNumber(1))
    .option('--batch <n>', 'items to a run, all at once when left out', wholeNumber(1))
    .option('--labels <file>', 'the true classes, to count right predictions')
    .option('--baseline', 'run the model in ONNX Runtime as well, to compare predictions')
    .option('--compare', 'compare each layer with ONNX Runtime')
    .option('--strict', 'refuse a layer whose sums may not fit the accumulator, before it runs')
    .option('--dump <file>', 'write inputs, sums and outputs of the layers to this .npz file')
    .option('-o, --output <[name=]file>', 'write an output to this .npy file, once per output', append, [])
    .addOption(backendOption())
    .option(
      '--fault <[place:]fault>',
      `${FAULT}; after "LAYER:", "LAYER[CHANNEL]:" or "[CHANNEL]:" there only`,
      append,
      [],
    )
    .action(run(host, async () => (await import('./run.ts')).run));

  command('layers', 'list the layers of a model and say which can run on an array, and how well')
    .argument('<model>', MODEL)
    .option('--array <spec>', `${SPEC}; plan the layers on it`)
    .addOption(
      new Option('--lowering <name>', 'how convolutions become matrix products, all ways when left out').choices([
        ...LOWERINGS,
        'all',
      ]),
    )
    .option('--batch <n>', 'length of the first axis of inputs that leave it open', wholeNumber(1))
    .option('--shape <[name=]shape>', 'shape of an input, such as 1x3x224x224, once per input', append, [])
    .action(run(host, async () => (await import('./layers.ts')).layers));

  const campaign = program.command('campaign').description('fault-injection campaigns: statistics over many faults');
  addCampaignCommands(commandOf(campaign), (load) => run(host, load));
  addReplayCommand(commandOf(campaign), (load) => run(host, load));

  command('doctor', 'show the tools that are there, and what works without the others')
    .option('--strict', 'exit with 2 when something does not work here')
    .action(run(host, async () => (await import('./doctor.ts')).doctor));

  return program;
}

const SPEC = 'spec file, or FILE:NAME for one of its arrays';
const MODEL = 'model file (.onnx)';
const FAULT = 'a fault, such as "flip bit 3 of a at (1, 2)", or its name in the spec file; repeatable';

/** What a command does, given its arguments and flags. */
export type Action<Args extends readonly unknown[], Flags> = (
  session: Session,
  args: Args,
  flags: Flags,
) => Promise<void>;

/** Makes the handler of a command from what loads its action. */
export type RunAction = <Args extends readonly unknown[], Flags>(
  load: () => Promise<Action<Args, Flags>>,
) => (...given: unknown[]) => Promise<void>;

// Commander knows nothing of the types of arguments and flags: each action states what its command above gives it.
function run<Args extends readonly unknown[], Flags>(
  host: Host,
  load: () => Promise<Action<Args, Flags>>,
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    const flags = given.at(-2) as Flags & CommonFlags;
    const args = given.slice(0, -2) as unknown as Args;
    const action = await load();
    await inSession(host, flags, (session) => action(session, args, flags));
  };
}

function backendOption(): Option {
  return new Option('--backend <kind>', 'model of the machine').choices(BACKENDS).default('functional');
}

function append(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function names(value: string): readonly string[] {
  const given = value.split(',').map((name) => name.trim());
  if (given.includes('')) throw new InvalidArgumentError('Names are separated by single commas.');
  return given;
}

function streamBitsOption(): Option {
  const rule = `a power of two of ${NARROWEST_STREAM_BITS} to ${WIDEST_STREAM_BITS}`;
  return new Option(
    '--stream-bits <n>',
    'width of its streams, a power of two; the least that keeps the array busy when left out',
  ).argParser(wholeNumber(1, rule));
}
