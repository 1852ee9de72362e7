import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { buildDesign } from '../../src/design/build-design.ts';
import { arrayPicture } from '../../src/emit/picture/picture.ts';
import { resolveFault } from '../../src/fault/resolve.ts';
import { parseSpec } from '../../src/spec/parse.ts';

const DOCS = new URL('../../docs/', import.meta.url);

test('the picture in the guide is the one that its array and fault give', async () => {
  const guide = await readFile(new URL('guide-first-array.md', DOCS), 'utf8');
  const [, text] = /<!-- file: first.array -->\n```text\n(.*?)```/s.exec(guide)!;
  const { arrays, faults } = parseSpec(text!, 'first.array');
  const design = buildDesign(arrays[0]!);
  expect(guide).toContain('generate first.array -o out/first --fault stuck`:\n\n![');
  const picture = arrayPicture(design, [resolveFault(design, faults[0]!)]);
  expect(await readFile(new URL('first-array.svg', DOCS), 'utf8')).toBe(picture);
});
