/** Layers and blocks in PyTorch: modules over [N, C, H, W]. */
import { group, type Document } from '../layout';
import { argumentsOf, type Block } from '../blocks';
import type { OperationBody } from '../operations';
import {
  blockDocstring,
  blockParameter,
  lay,
  pythonCall,
  pythonExpression,
  snakeNaming,
  type Naming,
} from '../python';
import { isConstant, parametersOf, type Expression, type SymbolicLayer } from '../symbolic';
import { className } from '../text';

/** Expression that makes the module of one layer. */
export function moduleOf(layer: SymbolicLayer, naming: Naming): Document {
  const write = (expression: Expression) => pythonExpression(expression, naming);
  switch (layer.kind) {
    case 'relu':
      return 'nn.ReLU()';
    case 'identity':
      return 'nn.Identity()';
    case 'shift':
      return 'Shift()';
    case 'conv':
      return pythonCall(
        'conv',
        [layer.inChannels, layer.filters, layer.kernel].map(write),
        layer.stride,
        naming,
      );
    case 'axisConv':
      return pythonCall(
        layer.axis === 'width' ? 'row_conv' : 'column_conv',
        [layer.inChannels, layer.filters, layer.kernel].map(write),
        layer.stride,
        naming,
      );
    case 'depthwise': {
      const dilation = layer.dilation === 1 ? [] : [`dilation=${layer.dilation}`];
      return pythonCall(
        'depthwise',
        [layer.channels, layer.kernel].map(write),
        layer.stride,
        naming,
        ...dilation,
      );
    }
    case 'batchNorm':
      return `nn.BatchNorm2d(${write(layer.channels)}${layer.affine ? '' : ', affine=False'})`;
    case 'maxPool':
      return `nn.MaxPool2d(3, ${write(layer.stride)}, padding=1)`;
    case 'avgPool':
      return `nn.AvgPool2d(3, ${write(layer.stride)}, padding=1, count_include_pad=False)`;
    case 'zero':
      return isConstant(layer.stride, 1) ? 'Zero()' : `Zero(${write(layer.stride)})`;
    case 'parallel':
      return group(
        'Concat(',
        layer.branches.map((branch) => sequence(branch, naming)),
        ')',
        true,
      );
  }
}

function sequence(layers: readonly SymbolicLayer[], naming: Naming): Document {
  const modules = layers.map((layer) => moduleOf(layer, naming));
  return modules.length === 1 ? modules[0]! : group('nn.Sequential(', modules, ')');
}

/** A block with its own number of input channels speaks of input and output channels. */
function namingOf(block: Block): Naming {
  const hasInput = parametersOf(block.layers, true).includes('inChannels');
  return (parameter) => (hasInput && parameter === 'channels' ? 'out_channels' : snakeNaming(parameter));
}

/** A block as a class. */
export function blockClass(block: Block): string {
  const naming = namingOf(block);
  const parameters = parametersOf(block.layers, true).map((name) => blockParameter(block, name, naming));
  const modules = block.layers.map((layer) => moduleOf(layer, naming));
  return `\
class ${className(block.name)}(nn.Sequential):
${blockDocstring(block)}

${lay(group('def __init__(', ['self', ...parameters], ') -> None:'), 1)}
${lay(group('super().__init__(', modules, ')', true), 2)}`;
}

/**
 * Expression that makes the module of an operation out of `channels` and `stride`.
 * @param input name of what holds the channels that go in
 */
export function operationModule(body: OperationBody, input = 'channels'): Document {
  if (body.kind === 'layer') return moduleOf(body.layer, snakeNaming);
  const args = argumentsOf(body.block, true).map((parameter) => {
    if (parameter === 'kernel') return String(body.kernel);
    return parameter === 'inChannels' ? input : parameter;
  });
  return group(`${className(body.block.name)}(`, args, ')');
}
