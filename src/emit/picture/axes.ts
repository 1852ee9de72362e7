import { type Group, group, path, text } from './shapes.ts';

/** The room of the axes in pixels. */
export const AXES_SIZE = 40;

/** Draw the axes of the PEs' coordinates; the corner where they meet is at (0, 0). */
export function axes(transform: string): Group {
  return group('axes', {
    transform,
    paths: [path('axis', 'M0 0H28'), path('axis', 'M0 0V-28')],
    texts: [text('axis-name', { x: 32, y: 4 }, 'x'), text('axis-name middle', { x: 0, y: -33 }, 'y')],
  });
}
