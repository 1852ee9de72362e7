import { escapeMarkup } from '../page/markup.ts';
import { type ColourName, darkFigureRules, isColourName, lightColour } from './theme.ts';

/** What names a figure. */
export interface FigureTexts {
  /** Of the file, and the prefix of its ids. */
  readonly name: string;
  readonly title: string;
  /** What a reader who cannot see it should know. */
  readonly description: string;
}

/**
 * Turn what Vega draws into a figure of the report: with title and description, colours by name as attributes and classes,
 * and without what only an interactive view needs.
 */
export function tidySvg(svg: string, texts: FigureTexts): string {
  const [, width, height] = /<svg[^>]* width="([\d.]+)" height="([\d.]+)"/.exec(svg)!;
  const body = svg
    .slice(svg.indexOf('>') + 1, svg.lastIndexOf('</svg>'))
    .replaceAll(/<path[^>]* d="(M0,0h0v0h0Z)?"[^>]*\/>/g, '')
    .replaceAll(/<path class="background"(?![^>]*(fill|stroke)=)[^>]*\/>/g, '')
    .replaceAll(/<[a-z][^>]*>/g, tidyTag);
  const { name } = texts;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
    ` role="img" aria-labelledby="${name}-title ${name}-description">`,
    `<title id="${name}-title">${escapeMarkup(texts.title)}</title>`,
    `<desc id="${name}-description">${escapeMarkup(texts.description)}</desc>`,
    mergePaths(withoutEmptyGroups(body)),
    '</svg>\n',
  ].join('');
}

/** Make a file of its own of a figure. */
export function standaloneSvg(svg: string): string {
  return svg.replace('<title', () => `<style>${darkFigureRules()}</style><title`);
}

function tidyTag(tag: string): string {
  const classes: string[] = [];
  const bare = tag
    .replaceAll(/ (class|role|aria-[a-z]+|pointer-events)="[^"]*"/g, '')
    .replaceAll(/ (opacity|fill-opacity|stroke-opacity|stroke-width)="1"/g, '')
    .replaceAll(/ (transform|d|x2|y2)="([^"]*)"/g, (_, attribute, value) => ` ${attribute}="${rounded(value)}"`)
    .replaceAll(/ (fill|stroke)="([^"]*)"/g, (same: string, property: string, colour: string) => {
      if (!isColourName(colour)) return same;
      classes.push(`${property[0]}-${colour satisfies ColourName}`);
      return ` ${property}="${lightColour(colour)}"`;
    });
  return classes.length === 0 ? bare : bare.replace(/^<[a-z]+/, (start) => `${start} class="${classes.join(' ')}"`);
}

function rounded(value: string): string {
  return value.replaceAll(/-?\d+\.\d{3,}(e-?\d+)?/g, (number) => String(Math.round(100 * Number(number)) / 100));
}

function withoutEmptyGroups(body: string): string {
  const less = body.replaceAll(/<g[^>]*><\/g>/g, '');
  return less === body ? body : withoutEmptyGroups(less);
}

/** Thousands of squares of one colour become one path. */
function mergePaths(body: string): string {
  return body.replaceAll(/(?:<path [^>]*\/>)+/g, (paths) => {
    const merged: { d: string; rest: string }[] = [];
    for (const [, before, d, after] of paths.matchAll(/<path ([^>]*?)d="([^"]*)"([^>]*)\/>/g)) {
      const rest = before! + after!;
      const last = merged.at(-1);
      if (last && last.rest === rest && !rest.includes('transform')) last.d += d;
      else merged.push({ d: d!, rest });
    }
    return merged.map(({ d, rest }) => `<path ${rest.trim()} d="${d}"/>`).join('');
  });
}
