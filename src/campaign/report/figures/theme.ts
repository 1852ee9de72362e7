/** Colours of figures and page by name: in light surroundings and in dark ones. Differences do not rest on red and green. */
const COLOURS = {
  paper: { light: '#ffffff', dark: '#15181d' },
  ink: { light: '#1f2328', dark: '#e6e9ed' },
  muted: { light: '#57606a', dark: '#9aa4af' },
  line: { light: '#8c959f', dark: '#6b7480' },
  faint: { light: '#e4e7eb', dark: '#2c323a' },
  mark: { light: '#0b6aa8', dark: '#5fb3e6' },
  bar: { light: '#9cc9e6', dark: '#2d5f80' },
  heat0: { light: '#eef1f4', dark: '#272e36' },
  heat1: { light: '#fdeab8', dark: '#5a431f' },
  heat2: { light: '#fdcf7a', dark: '#7c561f' },
  heat3: { light: '#f9a845', dark: '#a06d20' },
  heat4: { light: '#e67d1e', dark: '#c2841f' },
  heat5: { light: '#bd5208', dark: '#e6a93a' },
  heat6: { light: '#8a3507', dark: '#f9cd6b' },
  heat7: { light: '#541c05', dark: '#fff0bd' },
} as const;

export type ColourName = keyof typeof COLOURS;

const NAMES = Object.keys(COLOURS) as ColourName[];

/** Tell whether a text names a colour of the theme. */
export function isColourName(text: string): text is ColourName {
  return Object.hasOwn(COLOURS, text);
}

/** The colour in light surroundings. */
export function lightColour(name: ColourName): string {
  return COLOURS[name].light;
}

/**
 * Print the rules that turn figures dark. The colours of a figure are attributes of its elements, which any program can read
 * but which cannot change; so every element also has a class by which these rules override them.
 */
export function darkFigureRules(): string {
  const rules = NAMES.map((name) => {
    const { dark } = COLOURS[name];
    return `.f-${name}{fill:${dark}}.s-${name}{stroke:${dark}}`;
  });
  return `@media screen and (prefers-color-scheme:dark){${rules.join('')}}`;
}

/** Print the colours as custom properties of the page, such as `--ink`. */
export function pageColourRules(): string {
  const declare = (theme: 'light' | 'dark') => NAMES.map((name) => `--${name}:${COLOURS[name][theme]}`).join(';');
  return (
    `:root{color-scheme:light dark;${declare('light')}}` +
    `@media screen and (prefers-color-scheme:dark){:root{${declare('dark')}}}`
  );
}
