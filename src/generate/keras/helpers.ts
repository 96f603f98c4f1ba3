/** The functions that blocks are made of in Keras, each written only where it is needed. */
import type { NetworkDescription } from '../describe';
import { isConstant, type SymbolicLayer } from '../symbolic';

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

const plainMaxPool = `\
def max_pool(x: Tensor) -> Tensor:
    """3×3 max pooling that keeps the size."""
    return layers.MaxPooling2D(3, strides=1, padding="same")(x)`;

const plainAvgPool = `\
def avg_pool(x: Tensor) -> Tensor:
    """3×3 average pooling without the padding; keeps the size."""
    return layers.AveragePooling2D(3, strides=1, padding="same")(x)`;

const plainZero = `\
def zero(x: Tensor) -> Tensor:
    """Zeros."""
    return layers.Rescaling(0.0)(x)`;

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
def batch_norm(x: Tensor, *, name: str) -> Tensor:
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=name)(x)`;

const batchNorm = `\
def batch_norm(x: Tensor, affine: bool = True, *, name: str) -> Tensor:
    return layers.BatchNormalization(
        momentum=0.9, epsilon=1e-5, center=affine, scale=affine, name=name
    )(x)`;

const sameConv = `\
def conv(x: Tensor, filters: int, kernel: int, stride: int = 1, *, name: str) -> Tensor:
    """Convolution without bias; n pixels become ⌈n / stride⌉."""
    return layers.Conv2D(
        filters, kernel, strides=stride, padding="same", use_bias=False, name=name
    )(x)`;

const conv = `\
def conv(x: Tensor, filters: int, kernel: int, stride: int = 1, *, name: str) -> Tensor:
    """Convolution without bias; n pixels become ⌈n / stride⌉."""
    padding = "same"
    if stride == 2:
        # "same" would pad an image of even size on two sides only.
        x, padding = layers.ZeroPadding2D(kernel // 2)(x), "valid"
    return layers.Conv2D(
        filters, kernel, strides=stride, padding=padding, use_bias=False, name=name
    )(x)`;

const axisConvs = `\
def row_conv(
    x: Tensor, filters: int, kernel: int, stride: int = 1, *, name: str
) -> Tensor:
    """1×kernel convolution without bias, the stride along the width."""
    x = layers.ZeroPadding2D((0, kernel // 2))(x)
    return layers.Conv2D(
        filters, (1, kernel), strides=(1, stride), use_bias=False, name=name
    )(x)


def column_conv(
    x: Tensor, filters: int, kernel: int, stride: int = 1, *, name: str
) -> Tensor:
    """kernel×1 convolution without bias, the stride along the height."""
    x = layers.ZeroPadding2D((kernel // 2, 0))(x)
    return layers.Conv2D(
        filters, (kernel, 1), strides=(stride, 1), use_bias=False, name=name
    )(x)`;

const depthwise = `\
def depthwise(x: Tensor, kernel: int, stride: int = 1, *, name: str) -> Tensor:
    """Depthwise convolution without bias; n pixels become ⌈n / stride⌉."""
    padding = "same"
    if stride == 2:
        # "same" would pad an image of even size on two sides only.
        x, padding = layers.ZeroPadding2D(kernel // 2)(x), "valid"
    return layers.DepthwiseConv2D(
        kernel, strides=stride, padding=padding, use_bias=False, name=name
    )(x)`;

const dilatedDepthwise = `\
def depthwise(
    x: Tensor, kernel: int, stride: int = 1, dilation: int = 1, *, name: str
) -> Tensor:
    """Depthwise convolution without bias; n pixels become ⌈n / stride⌉."""
    if stride == 2 and dilation == 2:
        # Reads even pixels alone; Keras does not combine stride and dilation.
        x, stride, dilation = even_pixels(x), 1, 1
    padding = "same"
    if stride == 2:
        # "same" would pad an image of even size on two sides only.
        x, padding = layers.ZeroPadding2D(kernel // 2)(x), "valid"
    return layers.DepthwiseConv2D(
        kernel,
        strides=stride,
        padding=padding,
        dilation_rate=dilation,
        use_bias=False,
        name=name,
    )(x)`;

/** In the order in which they stand in the file. */
export function helpers({ needs }: NetworkDescription): string[] {
  const has = (kind: SymbolicLayer['kind']) => needs((layer) => layer.kind === kind);
  const dilated = needs((layer) => layer.kind === 'depthwise' && layer.dilation === 2);
  const isStrided = (layer: SymbolicLayer) =>
    layer.kind === 'conv' && !isConstant(layer.stride, 1) && !isConstant(layer.kernel, 1);
  const halves = (kind: 'maxPool' | 'avgPool' | 'zero') =>
    needs((layer) => layer.kind === kind && !isConstant(layer.stride, 1));
  const oneOf = (kind: 'maxPool' | 'avgPool' | 'zero', strided: string, plain: string) =>
    has(kind) ? [halves(kind) ? strided : plain] : [];
  return [
    ...(dilated || halves('maxPool') || halves('avgPool') || halves('zero') ? [evenPixels] : []),
    needs(isStrided) ? conv : sameConv,
    ...(has('axisConv') ? [axisConvs] : []),
    ...(has('depthwise') ? [dilated ? dilatedDepthwise : depthwise] : []),
    needs((layer) => layer.kind === 'batchNorm' && !layer.affine) ? batchNorm : plainBatchNorm,
    ...oneOf('maxPool', maxPool, plainMaxPool),
    ...oneOf('avgPool', avgPool, plainAvgPool),
    ...(has('shift') ? [shift] : []),
    ...oneOf('zero', zero, plainZero),
  ];
}
