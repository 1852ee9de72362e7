import { chooseTool, embeddedTool, nativeTool, present, type SynthesisTool } from './tool.ts';

const NEXTPNR = 'nextpnr-ice40';

/**
 * The nextpnr of the npm package, or the one on the path where that is newer or the only one.
 * @throws {ToolMissingError} where there is neither
 */
export async function findNextpnr(): Promise<SynthesisTool> {
  const native = await nativeTool(NEXTPNR, '--version', 'nextpnr');
  return present(chooseTool(await embeddedNextpnr(), native), NEXTPNR, 'the clock frequency');
}

/** The nextpnr of the npm package; null where that is not installed: it is large, and optional. */
async function embeddedNextpnr(): Promise<SynthesisTool | null> {
  try {
    const { version } = await import('@yowasp/nextpnr-ice40');
    return embeddedTool(NEXTPNR, 'nextpnr', version);
  } catch {
    return null;
  }
}
