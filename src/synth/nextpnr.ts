import { ToolMissingError } from '../errors.ts';
import { chooseTool, embeddedTool, nativeTool, type SynthesisTool } from './tool.ts';

const NEXTPNR = 'nextpnr-ice40';
const PACKAGE = `@yowasp/${NEXTPNR}`;

/** The nextpnr of the npm package; null where that is not installed: it is large, and optional. */
export async function embeddedNextpnr(): Promise<SynthesisTool | null> {
  try {
    const { version } = await import('@yowasp/nextpnr-ice40');
    return embeddedTool(NEXTPNR, 'nextpnr', PACKAGE, version);
  } catch {
    return null;
  }
}

/**
 * The nextpnr of the npm package, or the one on the path where that is newer or the only one.
 * @throws {ToolMissingError} where there is neither
 */
export async function findNextpnr(): Promise<SynthesisTool> {
  return present(chooseTool(await embeddedNextpnr(), await nativeTool(NEXTPNR, '--version', 'nextpnr')));
}

/** @throws {ToolMissingError} where there is no nextpnr */
export function present(tool: SynthesisTool | null): SynthesisTool {
  if (tool !== null) return tool;
  throw new ToolMissingError(
    `${NEXTPNR} is not installed; the clock frequency needs it (install with: npm install ${PACKAGE}, or apt-get install ${NEXTPNR})`,
  );
}
