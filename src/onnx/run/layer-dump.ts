import { OperandError } from '../../errors.ts';
import { concatenate } from '../../tensor/concatenate.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { LayerTensors } from './run-stages.ts';

/** Tensors of layers beyond this are not kept, unless said otherwise. */
const MAX_BYTES = 2 ** 30;

/** Collects what goes into and comes out of the layers on the array; `take` is an `onLayer`. */
export interface LayerDump {
  /** @throws {OperandError} when all tensors together become too large. */
  readonly take: (tensors: LayerTensors) => void;
  /**
   * Give the tensors as `LAYER.input`, `LAYER.accumulator` and `LAYER.output`, runs put together along the first axis.
   * @throws {OperandError} for a tensor that differs from run to run in more than the length of its first axis.
   */
  tensors(): Record<string, Tensor>;
}

/**
 * Open a dump.
 * @param maxBytes how large all tensors may be together, 1 GiB when left out
 */
export function layerDump(maxBytes = MAX_BYTES): LayerDump {
  const parts = new Map<string, Tensor[]>();
  let bytes = 0;
  return {
    take({ layer, ...tensors }) {
      for (const [kind, value] of Object.entries(tensors)) {
        bytes += value.data.byteLength;
        if (bytes > maxBytes) {
          throw new OperandError(
            `the tensors of all layers must be at most ${maxBytes} bytes to be dumped, received more up to layer '${layer}'; fewer items or fewer layers take less`,
          );
        }
        const name = `${layer}.${kind}`;
        parts.set(name, [...(parts.get(name) ?? []), value]);
      }
    },
    tensors: () => Object.fromEntries([...parts].map(([name, list]) => [name, concatenate(list, name)])),
  };
}
