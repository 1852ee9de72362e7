import { createHash } from 'node:crypto';
import type { Step } from '../backend/process.ts';
import { type Design, moduleNames } from '../design/design.ts';
import { type EmittedFile, structuralFiles } from '../emit/emit-design.ts';
import { topFiles } from '../emit/top-files.ts';
import type { TopDesign } from '../top/top-design.ts';
import { pinWrapper, wrapperName } from './pin-wrapper.ts';
import { type Device, synthesisCommand, type Target } from './targets.ts';
import type { SynthesisTool } from './tool.ts';
import { yosysArguments } from './yosys.ts';

/** Work for a folder of its own, as data: the files to put there, the programs to run in it, and what they leave. */
export interface SynthesisPlan {
  /** Name of its entry in the cache: what it is, and the hash of everything that goes into it. */
  readonly entry: string;
  /** What to show while it runs. */
  readonly title: string;
  readonly files: readonly EmittedFile[];
  readonly steps: readonly Step[];
  /** The file with the outcome. */
  readonly product: string;
}

/** What an array is mapped to, and with which tool. */
export interface Mapping {
  readonly target: Target;
  readonly device: Device;
  readonly dsp: boolean;
  readonly yosys: SynthesisTool;
}

/** A tool and what it is to do. */
export interface Call {
  readonly tool: SynthesisTool;
  readonly args: readonly string[];
}

const CELLS = 'cells.json';
const NETLIST = 'netlist.json';
const REPORT = 'report.json';

/** nextpnr works as hard as it must: it is asked for more than it can reach, the same every time. */
const ASKED_MEGAHERTZ = 200;

/**
 * Plan to count the cells of one PE by itself, or of the whole grid, or of a top module with the grid in it: the PE, being
 * always the same, is mapped once, and so is every other module with the same parameters.
 */
export function planCells(design: Design, part: 'pe' | 'grid' | TopDesign, mapping: Mapping): SynthesisPlan {
  const { target, device, dsp, yosys } = mapping;
  const isTop = typeof part === 'object';
  const top = moduleNames(design)[isTop ? 'top' : part];
  const files = isTop ? [...structuralFiles(design), ...topFiles(part)] : structuralFiles(design);
  const command = synthesisCommand(target, device, top, { dsp, flat: part === 'pe' });
  const whole = part === 'pe' ? '' : `hierarchy -check -top ${top}; proc; flatten ${moduleNames(design).pe}; `;
  const count = `check -assert; tee -q -o ${CELLS} stat -json${target.estimates ? ' -tech xilinx' : ''}`;
  const args = yosysArguments(yosys, `${whole}${command}; ${count}`, paths(files));
  return planCalls(`mapping ${top} to ${target.title}`, files, [{ tool: yosys, args }], CELLS);
}

/** Plan to place and route a grid on an iCE40. */
export function planClock(design: Design, mapping: Mapping, nextpnr: SynthesisTool): SynthesisPlan {
  const { target, device, dsp, yosys } = mapping;
  const { option, package: packageName } = device.ice40!;
  const files = [...structuralFiles(design), pinWrapper(design)];
  const command = synthesisCommand(target, device, wrapperName(design), { dsp, flat: true });
  const script = `${command}; check -assert; ${WITHOUT_NOTES}; write_json ${NETLIST}`;
  const map = { tool: yosys, args: yosysArguments(yosys, script, paths(files)) };
  const args = [option, '--package', packageName, '--json', NETLIST, '--report', REPORT, '--quiet', '--seed', '1'];
  const flags = ['--freq', String(ASKED_MEGAHERTZ), '--timing-allow-fail', '--pcf-allow-unconstrained'];
  const place = { tool: nextpnr, args: [...args, ...flags] };
  return planCalls(`placing and routing ${design.name} on ${device.name}`, files, [map, place], REPORT);
}

/** Newer versions of Yosys note where flattened modules were, in cells that nextpnr takes for hardware. */
const WITHOUT_NOTES = 'delete */t:$scopeinfo';

/** Plan to call tools one after the other beside files, for the product that the last one leaves. */
export function planCalls(
  title: string,
  files: readonly EmittedFile[],
  calls: readonly Call[],
  product: string,
): SynthesisPlan {
  // Where a tool lies makes no difference.
  const content = [files, calls.map(({ tool, args }) => [tool.version, args]), product];
  const hash = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 24);
  const steps = calls.map(({ tool, args }) => ({ command: tool.command, args: [...tool.args, ...args], cwd: '.' }));
  return { entry: `synth-${hash}`, title, files, steps, product };
}

function paths(files: readonly EmittedFile[]): string[] {
  return files.map(({ path }) => path);
}
