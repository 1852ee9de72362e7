import { moduleNames } from '../design/design.ts';
import type { TopDesign, TopPort } from '../top/top-design.ts';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Line {
  readonly text: string;
  readonly style: string;
}

const WIDTH = 984;
const MARGIN = 24;
const TOP = 84;
const ROW = 58;
const BOX_WIDTH = 136;
/** Heights of a block whose text is two lines, three, or four. */
const LOW = 44;
const MEDIUM = 60;
const HIGH = 74;
const LINE_HEIGHT = 15;

/** Columns of the diagram from left to right, by the x of their blocks. */
const COLUMN = { in: 72, load: 240, feed: 408, grid: 576, out: 744 } as const;

/** What the template of the block diagram prints: streams from left to right, control below. */
export function blockDiagramView(top: TopDesign) {
  const { design, streamBits, ports, tokens, output, slots, outSlots, beats } = top;
  const feeders = [
    ...ports.map((port) => ({ port, title: `feed ${port.name}` })),
    ...tokens.map((port) => ({ port, title: `feed ${port.name}` })),
  ];
  const height = Math.max(3, feeders.length) * ROW - (ROW - LOW);
  const middle = TOP + height / 2;
  const center = (own: number) => middle - own / 2;
  const box = (x: number, own: number): Box => ({ x, y: center(own), width: BOX_WIDTH, height: own });
  const grid: Box = { ...box(COLUMN.grid, height), y: TOP, height };
  const loader = box(COLUMN.load, HIGH);
  const skidIn = box(COLUMN.in, LOW);
  const collect = { ...box(COLUMN.out, MEDIUM), y: middle - 70 };
  const pack = { ...box(COLUMN.out, MEDIUM), y: middle + 14 };
  const bottom = TOP + height + 44;
  const sequencer: Box = { x: COLUMN.feed, y: bottom, width: BOX_WIDTH, height: MEDIUM };
  const registers: Box = { x: COLUMN.in, y: bottom, width: COLUMN.load + BOX_WIDTH - COLUMN.in, height: MEDIUM };
  const slotsText = `${slots} tiles`;
  const feed = feeders.map(({ port, title }, n) => ({
    box: { x: COLUMN.feed, y: TOP + n * ROW, width: BOX_WIDTH, height: LOW },
    title,
    detail: `${port.lanes.length} ${port.lanes.length === 1 ? 'lane' : 'lanes'}${isElements(port) ? `, ${slotsText}` : ''}`,
    isElements: isElements(port),
  }));
  const wires = [
    straight(MARGIN, middle, skidIn.x),
    straight(skidIn.x + BOX_WIDTH, middle, loader.x),
    ...feed.flatMap((own) => [
      ...(own.isElements ? [elbow(loader, own.box)] : []),
      straight(own.box.x + BOX_WIDTH, own.box.y + own.box.height / 2, grid.x),
    ]),
    straight(grid.x + BOX_WIDTH, collect.y + MEDIUM / 2, collect.x),
    down(collect, pack),
    straight(pack.x + BOX_WIDTH, pack.y + MEDIUM / 2, WIDTH - MARGIN),
    control(`M${MARGIN} ${registers.y + MEDIUM / 2}H${registers.x}`),
    control(`M${registers.x + registers.width} ${registers.y + MEDIUM / 2}H${sequencer.x}`),
    control(`M${sequencer.x + BOX_WIDTH / 2} ${sequencer.y}V${TOP + feeders.length * ROW - (ROW - LOW)}`),
    control(`M${sequencer.x + BOX_WIDTH} ${sequencer.y + MEDIUM / 2}H${grid.x + BOX_WIDTH / 2}V${TOP + height}`),
  ];
  const faults = design.spec.faultSlots;
  const blocks = [
    block(skidIn, '', ['strong', 'skid buffer'], ['small', `${streamBits} bits`]),
    block(
      loader,
      '',
      ['strong', 'loader'],
      ['small', `A, B and C in`],
      ['small', `${beats.a} + ${beats.b} + ${beats.c} beats`],
    ),
    ...feed.map((own) => block(own.box, '', ['strong', own.title], ['small', own.detail])),
    block(
      grid,
      'core',
      ['strong', `${design.name}_grid`],
      ['small', `${design.pes.length} PEs`],
      ['small', 'on a clock enable'],
    ),
    block(
      collect,
      '',
      ['strong', `collect ${output.name}`],
      ['small', `${output.lanes.length} lanes, ${outSlots} tiles`],
    ),
    block(
      pack,
      '',
      ['strong', 'packer'],
      ['small', `R in ${beats.c} ${beats.c === 1 ? 'beat' : 'beats'}, skid buffer`],
    ),
    block(sequencer, '', ['strong', 'sequencer'], ['small', 'starts and slots of tiles']),
    block(
      registers,
      '',
      ['strong', 'registers'],
      ['small', `control, status, counters, ${faults} fault ${faults === 1 ? 'slot' : 'slots'}`],
    ),
  ];
  const labels = [
    { x: MARGIN, y: middle - 8, text: 's_axis', anchor: '' },
    { x: WIDTH - MARGIN, y: pack.y + 22, text: 'm_axis', anchor: 'end' },
    { x: MARGIN, y: registers.y + 22, text: 's_axil', anchor: '' },
  ];
  const [n1, n2, n3] = design.spec.size;
  const { a, b, c } = design.spec.types;
  return {
    top: moduleNames(design).top,
    width: WIDTH,
    height: bottom + 60 + MARGIN,
    subtitle: `tiles of ${n1} × ${n3} · ${n3} × ${n2}, ${a} × ${b} + ${c}, streams of ${streamBits} bits`,
    description: `Tiles enter as a stream, are fed into the grid by ${feeders.length} feeders, and leave as a stream of results; a sequencer starts them`,
    wires,
    blocks,
    labels,
  };
}

function isElements(port: { readonly lanes: readonly unknown[] }): port is TopPort {
  return 'line' in port;
}

function straight(from: number, y: number, to: number) {
  return { kind: '', path: `M${from} ${y}H${to}` };
}

function elbow(from: Box, to: Box) {
  const [x, y] = [from.x + from.width, from.y + from.height / 2];
  const turn = (x + to.x) / 2;
  return { kind: '', path: `M${x} ${y}H${turn}V${to.y + to.height / 2}H${to.x}` };
}

function down(from: Box, to: Box) {
  return { kind: '', path: `M${from.x + from.width / 2} ${from.y + from.height}V${to.y}` };
}

function control(path: string) {
  return { kind: 'control', path };
}

function block(box: Box, kind: string, ...lines: readonly (readonly [style: string, text: string])[]) {
  const first = box.y + box.height / 2 - ((lines.length - 1) * LINE_HEIGHT) / 2 + 4;
  const texts = lines.map(([style, text], n): Line & { x: number; y: number } => ({
    text,
    style,
    x: box.x + box.width / 2,
    y: first + n * LINE_HEIGHT,
  }));
  return { ...box, kind, lines: texts };
}
