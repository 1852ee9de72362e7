import type { TopLevelSpec } from 'vega-lite';
import { type FigureTexts, tidySvg } from './tidy-svg.ts';

/** A figure before it is drawn. */
export interface FigurePlan extends FigureTexts {
  readonly spec: TopLevelSpec;
}

/** A drawn figure, to be put into a page. */
export interface Figure extends FigureTexts {
  readonly svg: string;
}

const FONT = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif";

/** The look of all figures; colours are names of the theme. */
const CONFIG = {
  aria: false,
  font: FONT,
  padding: 6,
  view: { stroke: null },
  axis: {
    labelColor: 'ink',
    titleColor: 'ink',
    domainColor: 'line',
    tickColor: 'line',
    gridColor: 'faint',
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    titlePadding: 8,
    labelLimit: 200,
  },
  header: { labelColor: 'ink', titleColor: 'ink', labelFontSize: 12, labelFontWeight: 600, titleFontWeight: 'normal' },
  title: { color: 'ink', fontSize: 12, fontWeight: 600, anchor: 'start', offset: 8 },
  legend: { labelColor: 'ink', titleColor: 'ink', titleFontWeight: 'normal', labelFontSize: 11, titleFontSize: 12 },
  text: { color: 'ink', fontSize: 11 },
  facet: { spacing: 24 },
  concat: { spacing: 24 },
} as const;

/** Draw figures as SVG, without a browser. */
export async function drawFigures(plans: readonly FigurePlan[]): Promise<Figure[]> {
  // Both are large, and only a report needs them.
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  return Promise.all(
    plans.map(async ({ spec, ...texts }) => {
      const { spec: full } = compile({ ...spec, background: 'paper', config: CONFIG } as TopLevelSpec);
      const view = new vega.View(vega.parse(full), { renderer: 'none' });
      const svg = await view.toSVG();
      view.finalize();
      return { ...texts, svg: tidySvg(svg, texts) };
    }),
  );
}
