import { readdirSync, readFileSync } from 'node:fs';
import Handlebars from 'handlebars';

const TEMPLATES = new URL('../../templates/', import.meta.url);

let environment: typeof Handlebars | null = null;

/** Fill in a template of `templates/`, such as `rtl/pe.v`; a name that the view lacks is an error. */
export function render(template: string, view: object): string {
  environment ??= withPartials();
  const source = readFileSync(new URL(`${template}.hbs`, TEMPLATES), 'utf8');
  return environment.compile(source, { strict: true, noEscape: true, knownHelpersOnly: true })(view);
}

function withPartials(): typeof Handlebars {
  const handlebars = Handlebars.create();
  const folder = new URL('partials/', TEMPLATES);
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.hbs'))) {
    handlebars.registerPartial(file.slice(0, -'.hbs'.length), readFileSync(new URL(file, folder), 'utf8'));
  }
  return handlebars;
}
