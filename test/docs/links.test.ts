import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PAGES = globSync(['*.md', '{docs,cosim,examples,rtl,scripts,src,templates,test}/**/*.md'], { cwd: ROOT });

/** Links to files of the project, with or without a heading in them. */
function linksOf(page: string): { page: string; target: string; heading: string | undefined }[] {
  const text = readFileSync(join(ROOT, page), 'utf8').replaceAll(/```.*?```/gs, '');
  return Array.from(text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g), ([, path, heading]) => ({
    page,
    target: path ? join(dirname(page), path) : page,
    heading,
  }));
}

/** The names by which links lead to the headings of a page. */
function headingsOf(page: string): string[] {
  const titles = readFileSync(join(ROOT, page), 'utf8')
    .replaceAll(/```.*?```/gs, '')
    .matchAll(/^#+ (.*)$/gm);
  return Array.from(titles, ([, title]) =>
    title!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it('all links lead somewhere, to the heading too', () => {
  const links = PAGES.flatMap(linksOf);
  expect(links.length).toBeGreaterThan(50);
  const dead = links.filter(
    ({ target, heading }) =>
      !existsSync(join(ROOT, target)) || (heading !== undefined && !headingsOf(target).includes(heading)),
  );
  expect(dead).toEqual([]);
});
