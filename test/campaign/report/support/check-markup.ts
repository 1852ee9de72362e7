/** Refuse a text that is no well-formed XML, as far as tags, attributes and references go; a leading DOCTYPE is left out. */
export function checkMarkup(text: string): void {
  const open: string[] = [];
  const rest = text.replace(/^<!DOCTYPE html>\s*/, '');
  let at = 0;
  let roots = 0;
  for (const [tag, close, name, attributes, empty] of rest.matchAll(/<(\/?)([a-zA-Z][\w-]*)([^<>]*?)(\/?)>/g)) {
    const place = rest.indexOf(tag, at);
    checkText(rest.slice(at, place), open);
    at = place + tag.length;
    if (close) {
      const expected = open.pop();
      if (expected !== name) throw new Error(`</${name}> closes <${expected}>`);
      continue;
    }
    if (!/^(\s+[\w:-]+="[^"<]*")*\s*$/.test(attributes!)) throw new Error(`broken attributes in ${tag}`);
    const names = [...attributes!.matchAll(/([\w:-]+)="/g)].map(([, attribute]) => attribute);
    if (new Set(names).size < names.length) throw new Error(`an attribute comes twice in ${tag}`);
    checkReferences(attributes!);
    if (open.length === 0 && roots++ > 0) throw new Error(`a second root ${tag}`);
    if (!empty) open.push(name!);
  }
  checkText(rest.slice(at), open);
  if (open.length > 0) throw new Error(`<${open.at(-1)}> is left open`);
}

function checkText(text: string, open: readonly string[]): void {
  if (text.includes('<')) throw new Error(`a stray < in ${text}`);
  if (open.length === 0 && text.trim() !== '') throw new Error(`text outside the root: ${text}`);
  checkReferences(text);
}

function checkReferences(text: string): void {
  const stray = /&(?!(amp|lt|gt|quot);)/.exec(text);
  if (stray) throw new Error(`a stray & in ${text}`);
}
