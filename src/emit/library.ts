import { readFileSync } from 'node:fs';

const RTL = new URL('../../rtl/', import.meta.url);

/** Read a file of `rtl/` as it is emitted: with the text of the files that it includes. */
export function libraryText(path: string): string {
  return inlineIncludes(readFileSync(new URL(path, RTL), 'utf8'));
}

/** Put the text of files of `rtl/` in place of their include directives, so that no tool needs an include path. */
export function inlineIncludes(text: string): string {
  return text.replace(/^( *)`include "([^"/]+)"$/gm, (_, indent: string, path: string) =>
    libraryText(path)
      .trimEnd()
      .replace(/^(?=.)/gm, indent),
  );
}
