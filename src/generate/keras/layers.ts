/** Layers and blocks in Keras: functions from tensor to tensor, [N, H, W, C]. */
import { group, prefixed, type Document } from '../layout';
import { argumentsOf, type Block } from '../blocks';
import type { OperationBody } from '../operations';
import { blockDocstring, blockParameter, lay, pythonCall, pythonExpression, snakeNaming } from '../python';
import { parametersOf, type SymbolicLayer } from '../symbolic';

/** Expression of a layer's output for the input `x`. */
function outputOf(layer: SymbolicLayer, x: Document): Document {
  switch (layer.kind) {
    case 'relu':
      return group('layers.ReLU()(', [x], ')');
    case 'identity':
      return x;
    case 'shift':
      return group('shift(', [x], ')');
    case 'conv': {
      const args = [x, pythonExpression(layer.filters), pythonExpression(layer.kernel)];
      return pythonCall('conv', args, layer.stride, snakeNaming);
    }
    case 'axisConv': {
      const args = [x, pythonExpression(layer.filters), pythonExpression(layer.kernel)];
      return pythonCall(layer.axis === 'width' ? 'row_conv' : 'column_conv', args, layer.stride, snakeNaming);
    }
    case 'depthwise': {
      const dilation = layer.dilation === 1 ? [] : [`dilation=${layer.dilation}`];
      return pythonCall(
        'depthwise',
        [x, pythonExpression(layer.kernel)],
        layer.stride,
        snakeNaming,
        ...dilation,
      );
    }
    case 'batchNorm':
      return group('batch_norm(', layer.affine ? [x] : [x, 'affine=False'], ')');
    case 'maxPool':
      return pythonCall('max_pool', [x], layer.stride, snakeNaming);
    case 'avgPool':
      return pythonCall('avg_pool', [x], layer.stride, snakeNaming);
    case 'zero':
      return pythonCall('zero', [x], layer.stride, snakeNaming);
    case 'parallel': {
      const branches = layer.branches.map((branch) => nested(branch, x));
      return group('layers.Concatenate()(', [group('[', branches, ']')], ')');
    }
  }
}

/** Layers after each other as nested calls, for the short branches of a block. */
function nested(layers: readonly SymbolicLayer[], x: Document): Document {
  return layers.reduce((inner, layer) => outputOf(layer, inner), x);
}

/** A block as a function. */
export function blockFunction(block: Block): string {
  const parameters = parametersOf(block.layers, false).map((name) =>
    blockParameter(block, name, snakeNaming),
  );
  const steps = block.layers.map((layer, i) => {
    const start = i === block.layers.length - 1 ? 'return ' : 'x = ';
    return lay(prefixed(start, outputOf(layer, 'x')), 1);
  });
  return `\
${lay(group(`def ${block.name}(`, ['x: Tensor', ...parameters], ') -> Tensor:'))}
${blockDocstring(block)}
${steps.join('\n')}`;
}

/** Expression of an operation's output for `x`, `channels` and `stride`. */
export function operationOutput(body: OperationBody): Document {
  if (body.kind === 'layer') return outputOf(body.layer, 'x');
  const args = argumentsOf(body.block, false).map((parameter) =>
    parameter === 'kernel' ? String(body.kernel) : parameter,
  );
  return group(`${body.block.name}(`, ['x', ...args], ')');
}
