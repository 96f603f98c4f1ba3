/** Layers and blocks in Keras: functions from tensor to tensor, [N, H, W, C]. */
import type { NetworkDescription } from '../describe';
import { group, prefixed, type Document } from '../layout';
import type { Block, OperationBody } from '../operations';
import { blockDocstring, lay, pythonCall, pythonExpression, snakeNaming } from '../python';
import { isConstant, parametersOf, type SymbolicLayer } from '../symbolic';

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
  const parameters = parametersOf(block.layers, false).map((parameter) => `${parameter}: int`);
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
  const args = parametersOf(body.block.layers, false).map((parameter) =>
    parameter === 'kernel' ? String(body.kernel) : parameter,
  );
  return group(`${body.block.name}(`, ['x', ...args], ')');
}

const evenPixels = `\
def even_pixels(x: Tensor) -> Tensor:
    """Every second pixel: n become ⌈n / 2⌉."""
    return layers.MaxPooling2D(1, strides=2)(x)`;

const maxPool = `\
def max_pool(x: Tensor, stride: int = 1) -> Tensor:
    """3×3 max pooling; n pixels become ⌈n / stride⌉."""
    # With stride 2, "same" would pad an image of even size on two sides only.
    x = layers.MaxPooling2D(3, strides=1, padding="same")(x)
    return even_pixels(x) if stride == 2 else x`;

const avgPool = `\
def avg_pool(x: Tensor, stride: int = 1) -> Tensor:
    """3×3 average pooling without the padding; n pixels become ⌈n / stride⌉."""
    x = layers.AveragePooling2D(3, strides=1, padding="same")(x)
    return even_pixels(x) if stride == 2 else x`;

const shift = `\
def shift(x: Tensor) -> Tensor:
    """Moves the image up and left by one pixel; zeros come in."""
    x = layers.ZeroPadding2D(((0, 1), (0, 1)))(x)
    return layers.Cropping2D(((1, 0), (1, 0)))(x)`;

const zero = `\
def zero(x: Tensor, stride: int = 1) -> Tensor:
    """Zeros; n pixels become ⌈n / stride⌉."""
    return layers.Rescaling(0.0)(even_pixels(x) if stride == 2 else x)`;

const plainBatchNorm = `\
def batch_norm(x: Tensor) -> Tensor:
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)`;

const batchNorm = `\
def batch_norm(x: Tensor, affine: bool = True) -> Tensor:
    return layers.BatchNormalization(
        momentum=0.9, epsilon=1e-5, center=affine, scale=affine
    )(x)`;

const sameConv = `\
def conv(x: Tensor, filters: int, kernel: int, stride: int = 1) -> Tensor:
    """Convolution without bias; n pixels become ⌈n / stride⌉."""
    return layers.Conv2D(
        filters, kernel, strides=stride, padding="same", use_bias=False
    )(x)`;

const conv = `\
def conv(x: Tensor, filters: int, kernel: int, stride: int = 1) -> Tensor:
    """Convolution without bias; n pixels become ⌈n / stride⌉."""
    if stride == 1:
        return layers.Conv2D(filters, kernel, padding="same", use_bias=False)(x)
    # Here "same" would pad an image of even size on two sides only.
    x = layers.ZeroPadding2D(kernel // 2)(x)
    return layers.Conv2D(filters, kernel, strides=stride, use_bias=False)(x)`;

const depthwise = `\
def depthwise(x: Tensor, kernel: int, stride: int = 1) -> Tensor:
    """Depthwise convolution without bias; n pixels become ⌈n / stride⌉."""
    if stride == 1:
        return layers.DepthwiseConv2D(kernel, padding="same", use_bias=False)(x)
    # Here "same" would pad an image of even size on two sides only.
    x = layers.ZeroPadding2D(kernel // 2)(x)
    return layers.DepthwiseConv2D(kernel, strides=stride, use_bias=False)(x)`;

const dilatedDepthwise = `\
def depthwise(x: Tensor, kernel: int, stride: int = 1, dilation: int = 1) -> Tensor:
    """Depthwise convolution without bias; n pixels become ⌈n / stride⌉."""
    if stride == 2 and dilation == 2:
        # Reads even pixels alone; Keras does not combine stride and dilation.
        x, stride, dilation = even_pixels(x), 1, 1
    if stride == 1:
        return layers.DepthwiseConv2D(
            kernel, padding="same", dilation_rate=dilation, use_bias=False
        )(x)
    # Here "same" would pad an image of even size on two sides only.
    x = layers.ZeroPadding2D(kernel // 2)(x)
    return layers.DepthwiseConv2D(kernel, strides=stride, use_bias=False)(x)`;

/** Functions that the blocks are made of, as far as they are needed. */
export function helpers({ needs }: NetworkDescription): string[] {
  const has = (kind: SymbolicLayer['kind']) => needs((layer) => layer.kind === kind);
  const dilated = needs((layer) => layer.kind === 'depthwise' && layer.dilation === 2);
  const isStrided = (layer: SymbolicLayer) =>
    layer.kind === 'conv' && !isConstant(layer.stride, 1) && !isConstant(layer.kernel, 1);
  return [
    ...(dilated || has('maxPool') || has('avgPool') || has('zero') ? [evenPixels] : []),
    needs(isStrided) ? conv : sameConv,
    ...(has('depthwise') ? [dilated ? dilatedDepthwise : depthwise] : []),
    needs((layer) => layer.kind === 'batchNorm' && !layer.affine) ? batchNorm : plainBatchNorm,
    ...(has('maxPool') ? [maxPool] : []),
    ...(has('avgPool') ? [avgPool] : []),
    ...(has('shift') ? [shift] : []),
    ...(has('zero') ? [zero] : []),
  ];
}
