/** An element of an XML document, with the place to which it and its parents move its drawing. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
  /** Where (0, 0) of the element lies in the picture. */
  readonly origin: readonly [x: number, y: number];
}

const TAG = /<(\/?)([\w:-]+)((?:\s+[\w:-]+="[^"<&]*")*)\s*(\/?)>|([^<]+)/gy;

/** Read a document strictly: tags match, attributes are quoted and given once, no sign stands unescaped. */
export function readXml(document: string): Element {
  type Open = Element & { children: Element[]; text: string };
  const root: Open = { name: '', attributes: {}, children: [], text: '', origin: [0, 0] };
  const open = [root];
  TAG.lastIndex = 0;
  while (TAG.lastIndex < document.length) {
    const start = TAG.lastIndex;
    const [, closes, name, attributeText, empty, text] = TAG.exec(document) ?? fail(document, start);
    const parent = open.at(-1)!;
    if (text !== undefined) {
      if (/&(?!(?:amp|lt|gt|quot);)/.test(text)) fail(document, start);
      parent.text += text;
    } else if (closes) {
      if (open.pop()!.name !== name) fail(document, start);
    } else {
      const pairs = Array.from(
        attributeText!.matchAll(/([\w:-]+)="([^"]*)"/g),
        ([, key, value]) => [key!, value!] as const,
      );
      const attributes = Object.fromEntries(pairs);
      if (Object.keys(attributes).length < pairs.length) fail(document, start);
      const [, x = 0, y = 0] = /translate\(([\d.-]+) ([\d.-]+)\)/.exec(attributes['transform'] ?? '') ?? [];
      const origin = [parent.origin[0] + Number(x), parent.origin[1] + Number(y)] as const;
      const element: Open = { name: name!, attributes, children: [], text: '', origin };
      parent.children.push(element);
      if (!empty) open.push(element);
    }
  }
  if (open.length > 1 || root.children.length !== 1) fail(document, document.length);
  return root.children[0]!;
}

/** All elements within one, itself included, that have all of these classes. */
export function withClass(element: Element, ...classes: readonly string[]): Element[] {
  const own = (element.attributes['class'] ?? '').split(' ');
  const matches = classes.every((name) => own.includes(name)) ? [element] : [];
  return [...matches, ...element.children.flatMap((child) => withClass(child, ...classes))];
}

function fail(document: string, at: number): never {
  throw new Error(`the document is not well-formed at: ${document.slice(at, at + 60)}`);
}
