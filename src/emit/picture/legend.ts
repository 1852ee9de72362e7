import type { Design } from '../../design/design.ts';
import { LINES } from '../../projection/space-time.ts';
import { formulasOf } from '../formulas.ts';
import type { Block } from './column.ts';
import { type BoxShape, box, type Group, group, type PathShape, path, type TextShape, text } from './shapes.ts';

const ROW = 20;
const SAMPLE = 42;

/** A row of the legend: a sample of what is drawn, and what it means. */
interface Row {
  readonly groups: readonly Group[];
}

/** Explain arrows, badges and marks, with the facts of every line. */
export function lineLegend(design: Design, withFaults: boolean): Block {
  const rows = [...lineRows(design), ...shadowRows(design), ...noteRows(design), ...(withFaults ? faultRows() : [])];
  return {
    height: 18 + ROW * rows.length - 8,
    groups: [
      heading('Lines'),
      ...rows.flatMap(({ groups }, n) => groups.map((g) => ({ ...g, transform: `translate(0 ${30 + ROW * n})` }))),
    ],
  };
}

/** Say what the array is: its matrix with the formulas that it stands for, and what a tile takes. */
export function factLegend(design: Design): Block {
  const { matrix, schedule, pes, stationary, periodCycles } = design;
  const { x, y, cycle } = formulasOf(design);
  const widths = [0, 1, 2].map((column) => Math.max(...matrix.map((row) => String(row[column]).length)) * 7 + 10);
  const rights = widths.map((_, column) => 30 + widths.slice(0, column + 1).reduce((sum, width) => sum + width, 0));
  const end = rights[2]! + 7;
  const formulas = [`x = ${x}`, `y = ${y}`, `t = ${cycle}`];
  const texts: TextShape[] = matrix.flatMap((row, n) => [
    ...row.map((entry, column) => text('number end', { x: rights[column]!, y: 34 + ROW * n }, String(entry))),
    text('formula', { x: end + 16, y: 34 + ROW * n }, formulas[n]!),
  ]);
  texts.push(text('symbol', { x: 0, y: 34 + ROW }, 'T ='));
  const interval = schedule.initiationSteps * periodCycles;
  const facts = [
    `${pes.length} PE${pes.length === 1 ? '' : 's'}, ${stationary ? `line ${stationary} is stationary` : 'no line is stationary'}`,
    `a tile takes ${cyclesText(schedule.latencyCycles)}`,
    `${periodCycles === 1 ? 'a tile' : `${periodCycles} tiles`} may start every ${interval === 1 ? 'cycle' : cyclesText(interval)}`,
    `utilisation at most ${(100 * schedule.utilisationBound).toFixed(1)} %`,
  ];
  texts.push(...facts.map((fact, n) => text('note', { x: 0, y: 106 + 17 * n }, fact)));
  return {
    height: 106 + 17 * (facts.length - 1) + 6,
    groups: [
      heading('Space-time matrix'),
      group('facts', {
        paths: [path('bracket', `M34 19H30V82H34`), path('bracket', `M${end - 4} 19H${end}V82H${end - 4}`)],
        texts,
      }),
    ],
  };
}

export function heading(title: string): Group {
  return group('heading', { texts: [text('title', { x: 0, y: 8 }, title)] });
}

function lineRows({ lines, spec }: Design): Row[] {
  return LINES.map((line) => {
    const { stationary, network } = lines[line];
    const moves = network ? describeStep(network) : 'stays in its PE';
    const sample = stationary
      ? group(`line ${line}`, {
          boxes: [box(`badge ${line}`, { x: 12, y: -10 }, 16, 13, 3)],
          texts: [text('badge-name middle', { x: 20, y: 0 }, line)],
        })
      : arrowSample(line);
    return { groups: [sample, note(`${line}, ${spec.types[line]}: ${moves}`)] };
  });
}

function shadowRows({ shadow, stationary, tokens }: Design): Row[] {
  if (!shadow || !tokens) return [];
  return [
    { groups: [arrowSample('s'), note(`shadow chain s: ${describeStep(shadow)}`)] },
    { groups: [note(shadow.drains ? `s loads ${stationary} and takes R out` : `s loads ${stationary}`)] },
    {
      groups: [
        note(`${tokens.names.join(' and ')} travel${tokens.names.length === 1 ? 's' : ''} beside ${tokens.carrier}`),
      ],
    },
  ];
}

function noteRows({ lines, shadow, inputs }: Design): Row[] {
  const networks = [...Object.values(lines).map(({ network }) => network), shadow];
  const slow = networks.find((network) => network && network.delayCycles > 1);
  const example = inputs[0]!.name;
  return [
    {
      groups: [
        group('line', { texts: [text('lane', { x: 6, y: -1 }, `${example} 0`)] }),
        note(`lane 0 of port ${example}`),
      ],
    },
    ...(slow
      ? [
          {
            groups: [
              group('line', { texts: [text('delay middle', { x: 20, y: -1 }, String(slow.delayCycles))] }),
              note('cycles of a step, where not 1'),
            ],
          },
        ]
      : []),
  ];
}

function faultRows(): Row[] {
  const boxes: BoxShape[] = [box('pe reached faulty', { x: 13, y: -11 }, 14, 14, 2)];
  const passed: BoxShape[] = [box('pe reached', { x: 13, y: -11 }, 14, 14, 2)];
  return [
    { groups: [group('pes', { boxes }), note('PE with a fault')] },
    { groups: [group('pes', { boxes: passed }), note('PE that changed values pass')] },
  ];
}

function arrowSample(name: string): Group {
  const paths: PathShape[] = [path('sample', 'M4 -4H36')];
  return group(`line ${name}`, { paths });
}

function note(content: string): Group {
  return group('notes', { texts: [text('note', { x: SAMPLE + 6, y: 0 }, content)] });
}

function describeStep({
  flow,
  delayCycles,
}: {
  readonly flow: readonly [number, number];
  readonly delayCycles: number;
}): string {
  return `(${flow.join(', ')}) in ${cyclesText(delayCycles)}`;
}

function cyclesText(cycles: number): string {
  return `${cycles} cycle${cycles === 1 ? '' : 's'}`;
}
