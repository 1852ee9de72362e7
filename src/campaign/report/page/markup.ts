/** A piece of HTML. */
export interface Markup {
  readonly markup: string;
}

type Content = string | number | Markup | null | readonly Content[];

/** Write HTML: texts that are put in are escaped, markup is not, lists are joined, null is nothing. */
export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return { markup: strings.map((text, at) => text + (at < contents.length ? printed(contents[at]!) : '')).join('') };
}

/** Put in what is HTML already. */
export function verbatim(markup: string): Markup {
  return { markup };
}

/** Escape a text for an element or an attribute. */
export function escapeMarkup(text: string): string {
  return text.replaceAll(/[&<>"]/g, (sign) => ESCAPES[sign]!);
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function printed(content: Content): string {
  if (content === null) return '';
  if (typeof content === 'string') return escapeMarkup(content);
  if (typeof content === 'number') return String(content);
  return 'markup' in content ? content.markup : content.map(printed).join('');
}
