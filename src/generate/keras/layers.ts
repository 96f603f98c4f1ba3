/** Layers and blocks in Keras: functions from tensor to tensor, [N, H, W, C]. */
import { group, prefixed, type Document } from '../layout';
import { argumentsOf, type Block } from '../blocks';
import type { OperationBody } from '../operations';
import { blockDocstring, blockParameter, lay, pythonCall, pythonExpression, snakeNaming } from '../python';
import { branchName, hasWeights, layerName, ownName, type LayerName } from '../layerNames';
import { parametersOf, type SymbolicLayer } from '../symbolic';

/** The name as an expression, made of the parameter \`name\`. */
function pythonName(ends: LayerName): string {
  return ends === '' ? 'name' : `f"{name}${ends}"`;
}

/**
 * Expression of a layer's output for the input \`x\`.
 * @param name expression of the layer's name, where it has weights
 */
function outputOf(layer: SymbolicLayer, x: Document, name: LayerName): Document {
  const named = `name=${pythonName(name)}`;
  switch (layer.kind) {
    case 'relu':
      return group('layers.ReLU()(', [x], ')');
    case 'identity':
      return x;
    case 'shift':
      return group('shift(', [x], ')');
    case 'conv': {
      const args = [x, pythonExpression(layer.filters), pythonExpression(layer.kernel)];
      return pythonCall('conv', args, layer.stride, snakeNaming, named);
    }
    case 'axisConv': {
      const args = [x, pythonExpression(layer.filters), pythonExpression(layer.kernel)];
      return pythonCall(
        layer.axis === 'width' ? 'row_conv' : 'column_conv',
        args,
        layer.stride,
        snakeNaming,
        named,
      );
    }
    case 'depthwise': {
      const dilation = layer.dilation === 1 ? [] : [`dilation=${layer.dilation}`];
      return pythonCall(
        'depthwise',
        [x, pythonExpression(layer.kernel)],
        layer.stride,
        snakeNaming,
        ...dilation,
        named,
      );
    }
    case 'batchNorm':
      return group('batch_norm(', [x, ...(layer.affine ? [] : ['affine=False']), named], ')');
    case 'maxPool':
      return pythonCall('max_pool', [x], layer.stride, snakeNaming);
    case 'avgPool':
      return pythonCall('avg_pool', [x], layer.stride, snakeNaming);
    case 'zero':
      return pythonCall('zero', [x], layer.stride, snakeNaming);
    case 'parallel': {
      const branches = layer.branches.map((branch, i) => nested(branch, x, branchName(name, i)));
      return group('layers.Concatenate()(', [group('[', branches, ']')], ')');
    }
  }
}

/** Layers after each other as nested calls, for the short branches of a block. */
function nested(layers: readonly SymbolicLayer[], x: Document, name: LayerName): Document {
  return layers.reduce<Document>((inner, layer, i) => outputOf(layer, inner, layerName(name, layers, i)), x);
}

/** A block as a function. */
export function blockFunction(block: Block): string {
  const parameters = parametersOf(block.layers, false).map((name) =>
    blockParameter(block, name, snakeNaming),
  );
  const steps = block.layers.map((layer, i) => {
    const start = i === block.layers.length - 1 ? 'return ' : 'x = ';
    return lay(prefixed(start, outputOf(layer, 'x', layerName(ownName, block.layers, i))), 1);
  });
  return `\
${lay(group(`def ${block.name}(`, ['x: Tensor', ...parameters, ...(hasWeights(block.layers) ? ['*', 'name: str'] : [])], ') -> Tensor:'))}
${blockDocstring(block)}
${steps.join('\n')}`;
}

/** Expression of an operation's output for `x`, `channels` and `stride`. */
export function operationOutput(body: OperationBody): Document {
  if (body.kind === 'layer') return outputOf(body.layer, 'x', ownName);
  const args = argumentsOf(body.block, false).map((parameter) =>
    parameter === 'kernel' ? String(body.kernel) : parameter,
  );
  const named = hasWeights(body.block.layers) ? ['name=name'] : [];
  return group(`${body.block.name}(`, ['x', ...args, ...named], ')');
}
