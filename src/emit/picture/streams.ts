import type { Design, Network, StreamPort } from '../../design/design.ts';

/** A stream of values from PE to PE as it is drawn: a moving line or the shadow chain. */
export interface PictureStream {
  readonly name: 'a' | 'b' | 'c' | 's';
  readonly network: Network;
  /** Where values enter, and where results leave; tokens enter beside their carrier. */
  readonly input: StreamPort;
  readonly output: StreamPort | null;
  /** Its place among the streams that run in parallel: 0 is the middle, one unit the distance of neighbours. */
  readonly slot: number;
  /** How many streams run in parallel. */
  readonly parallel: number;
}

/** List the streams of a design, those that run in parallel, in whatever direction, side by side. */
export function pictureStreams(design: Design): PictureStream[] {
  const { lines, shadow, inputs, output } = design;
  const networks = [
    ...Object.values(lines).map(({ line, network }) => ({ name: line, network })),
    { name: 's' as const, network: shadow },
  ].flatMap(({ name, network }) => (network ? [{ name, network }] : []));
  return networks.map(({ name, network }) => {
    const beside = networks.filter((other) => isParallel(other.network.flow, network.flow));
    const rank = beside.findIndex((other) => other.name === name);
    return {
      name,
      network,
      input: inputs.find((port) => port.name === `${name}_i`)!,
      output: output.name === `${name}_o` ? output : null,
      slot: rank - (beside.length - 1) / 2,
      parallel: beside.length,
    };
  });
}

function isParallel([ax, ay]: Network['flow'], [bx, by]: Network['flow']): boolean {
  return ax * by === ay * bx;
}
