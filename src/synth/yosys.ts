import { ToolMissingError } from '../errors.ts';
import { chooseTool, embeddedTool, nativeTool, type SynthesisTool } from './tool.ts';

/** The Yosys of the npm package: the same on every machine. @throws {ToolMissingError} where the package is not there. */
export async function embeddedYosys(): Promise<SynthesisTool> {
  try {
    const { version } = await import('@yowasp/yosys');
    return embeddedTool('yosys', 'Yosys', '@yowasp/yosys', version);
  } catch (cause) {
    throw new ToolMissingError(
      'the npm package @yowasp/yosys is not installed; synthesis needs it (install with: npm install @yowasp/yosys)',
      { cause },
    );
  }
}

/** The embedded Yosys, or the one on the path where that is newer. */
export async function findYosys(): Promise<SynthesisTool> {
  return chooseTool(await embeddedYosys(), await nativeTool('yosys', '-V', 'Yosys'))!;
}

/** The arguments that run a script on Verilog files of the working directory; every warning counts as an error. */
export function yosysArguments(script: string, sources: readonly string[]): string[] {
  return ['-q', '-e', '.', '-p', script, ...sources];
}
