import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { buildDesign } from '../../src/design/build-design.ts';
import { emitDesign } from '../../src/emit/emit-design.ts';
import { PRESETS } from '../../src/projection/space-time.ts';
import { specOf } from '../design/support/arrays.ts';

const GOLDEN = new URL('../golden/', import.meta.url);
const DOCUMENT = new URL('../../docs/manifest.md', import.meta.url);

/** The names of all fields, at any depth. */
function fieldsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(fieldsOf);
  return Object.entries(value).flatMap(([name, inner]) => [name, ...fieldsOf(inner)]);
}

describe('docs/manifest.md', () => {
  it.each(['os', 'rs', 'hex', 'slow'])('explains every field of the manifest of %s', async (name) => {
    const text = await readFile(DOCUMENT, 'utf8');
    const manifest: unknown = JSON.parse(await readFile(new URL(`${name}/manifest.json`, GOLDEN), 'utf8'));
    const explained = new Set(Array.from(text.matchAll(/`(\w+)`/g), ([, word]) => word));
    expect(fieldsOf(manifest).filter((field) => !explained.has(field))).toEqual([]);
  });

  it('shows beats that are in a manifest', async () => {
    const [, example] = /```json\n(.*)\n```/.exec(await readFile(DOCUMENT, 'utf8'))!;
    expect(await readFile(new URL('os/manifest.json', GOLDEN), 'utf8')).toContain(example);
  });
});

describe('one design hash', () => {
  it('has one output, whether the matrix is given by a preset or by its entries', () => {
    const spec = specOf();
    const byName = { preset: 'output_stationary', matrix: PRESETS.output_stationary } as const;
    expect(emitDesign(buildDesign({ ...spec, projection: byName }))).toEqual(emitDesign(buildDesign(spec)));
  });
});
