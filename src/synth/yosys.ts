import { chooseTool, embeddedTool, nativeTool, present, type SynthesisTool } from './tool.ts';

const YOSYS = 'yosys';

/** The Yosys of the npm package: the same on every machine. @throws {ToolMissingError} where the package is not there. */
export async function embeddedYosys(): Promise<SynthesisTool> {
  return present(await lookForEmbedded(), YOSYS, 'synthesis');
}

/**
 * The Yosys of the npm package, or the one on the path where that is newer or the only one.
 * @throws {ToolMissingError} where there is neither
 */
export async function findYosys(): Promise<SynthesisTool> {
  return present(chooseTool(await lookForEmbedded(), await nativeTool(YOSYS, '-V', 'Yosys')), YOSYS, 'synthesis');
}

/**
 * The arguments that run a script on Verilog files of the working directory. In the version that the project is tested
 * with every warning counts as an error.
 */
export function yosysArguments({ pinned }: SynthesisTool, script: string, sources: readonly string[]): string[] {
  return ['-q', ...(pinned ? ['-e', '.'] : []), '-p', script, ...sources];
}

async function lookForEmbedded(): Promise<SynthesisTool | null> {
  try {
    const { version } = await import('@yowasp/yosys');
    return embeddedTool(YOSYS, 'Yosys', version);
  } catch {
    return null;
  }
}
