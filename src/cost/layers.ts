/** Parameters, multiply–accumulates and activations of layers, from their description alone: no tensors needed. */
import { layerOutput, type Layer, type Shape } from '../space/layers';

export interface Cost {
  /** Learned numbers. */
  readonly parameters: number;
  /**
   * Multiply–accumulates of one forward pass for one image, convolutions and linear layers only: what the papers of
   * the field print as "FLOPs".
   */
  readonly flops: number;
  /** Output values of all layers for one image: what a training step has to keep for the backward pass. */
  readonly activations: number;
}

export const noCost: Cost = { parameters: 0, flops: 0, activations: 0 };

export function addCosts(...costs: readonly Cost[]): Cost {
  return costs.reduce(
    (sum, cost) => ({
      parameters: sum.parameters + cost.parameters,
      flops: sum.flops + cost.flops,
      activations: sum.activations + cost.activations,
    }),
    noCost,
  );
}

const area = (shape: Shape): number => shape.height * shape.width;
const values = (shape: Shape): number => area(shape) * shape.channels;

/** Cost of one layer over an input of the given shape. */
export function layerCost(layer: Layer, input: Shape): Cost {
  const output = layerOutput(layer, input);
  const activations = values(output);
  switch (layer.kind) {
    case 'conv': {
      const parameters = layer.kernel ** 2 * input.channels * layer.filters;
      return { parameters, flops: parameters * area(output), activations };
    }
    case 'axisConv': {
      const parameters = layer.kernel * input.channels * layer.filters;
      return { parameters, flops: parameters * area(output), activations };
    }
    case 'squeezeExcite': {
      const { channels } = input;
      const products = 2 * channels * layer.squeeze;
      // The mean, both linear layers, and each after its nonlinearity.
      const inside = 3 * channels + 2 * layer.squeeze;
      return {
        parameters: products + layer.squeeze + channels,
        flops: products,
        activations: activations + inside,
      };
    }
    case 'depthwise': {
      const parameters = layer.kernel ** 2 * input.channels;
      return { parameters, flops: parameters * area(output), activations };
    }
    case 'batchNorm':
      return { parameters: layer.affine ? 2 * input.channels : 0, flops: 0, activations };
    case 'parallel':
      return addCosts(...layer.branches.map((branch) => layersCost(branch, input)), {
        ...noCost,
        activations,
      });
    case 'identity':
    case 'zero':
      return noCost;
    case 'relu':
    case 'activation':
    case 'maxPool':
    case 'avgPool':
    case 'shift':
      return { ...noCost, activations };
  }
}

/** Cost of a sequence of layers. */
export function layersCost(layers: readonly Layer[], input: Shape): Cost {
  let shape = input;
  let total = noCost;
  for (const layer of layers) {
    total = addCosts(total, layerCost(layer, shape));
    shape = layerOutput(layer, shape);
  }
  return total;
}
