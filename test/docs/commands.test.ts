import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DOCUMENTS = [
  'README.md',
  'docs/guide-first-array.md',
  'docs/guide-floating-point.md',
  'docs/guide-synthesis.md',
  'docs/guide-fpga.md',
  'docs/guide-top.md',
  'docs/guide-command-line.md',
  'docs/guide-onnx.md',
  'docs/guide-campaigns.md',
];

describe.each(DOCUMENTS)('%s', (path) => {
  test('its commands print what it says', async () => {
    const text = await readFile(ROOT + path, 'utf8');
    const folder = await mkdtemp(join(tmpdir(), 'espalier-docs-'));
    try {
      await symlink(`${ROOT}examples`, join(folder, 'examples'));
      for (const { name, content } of filesOf(text)) await writeFile(join(folder, name), content);
      for (const { command, printed } of commandsOf(text)) expect(await run(command, folder), command).toMatch(printed);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

/** Blocks below a comment that names them as a file. */
function filesOf(text: string): { name: string; content: string }[] {
  const blocks = text.matchAll(/<!-- file: (\S+) -->\n```\w*\n(.*?)```\n/gs);
  return Array.from(blocks, ([, name, content]) => ({ name: name!, content: content! }));
}

/** Lines of console blocks that begin with `$`, and what stands below them; `...` stands for any lines. */
function commandsOf(text: string): { command: string; printed: RegExp }[] {
  const blocks = Array.from(text.matchAll(/```console\n(.*?)```\n/gs), ([, block]) => block!);
  return blocks.flatMap((block) =>
    Array.from(block.matchAll(/^\$ (.*)\n((?:[^$].*\n)*)/gm), ([, command, lines]) => ({
      command: command!,
      printed: new RegExp(`^${literal(lines!).replaceAll('\\.\\.\\.\n', '(?:.*\n)*')}$`),
    })),
  );
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

async function run(command: string, cwd: string): Promise<string> {
  const espalier = `${process.execPath} ${ROOT}bin/espalier.js`;
  const { stdout } = await execa(command.replace('npx espalier', espalier), {
    cwd,
    shell: true,
    stripFinalNewline: false,
  });
  return stdout;
}
