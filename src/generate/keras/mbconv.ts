/** Networks of inverted residual blocks (MobileNetV3, EfficientNet) in Keras's functional style. */
import type { MbconvDescription } from '../describe';
import type { PythonCode } from '../pythonFile';
import { mbconvSection } from '../pythonTables';
import { modelFunction } from './model';

function squeezeExcite({ squeezeExcite: inside }: MbconvDescription): string[] {
  if (!inside) return [];
  return [
    `\
def squeeze_excite(x: Tensor, squeeze: int) -> Tensor:
    """Scales every channel by a gate that is computed from all channels' means."""
    gate = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gate = layers.Dense(squeeze, activation="${inside.inner}")(gate)
    gate = layers.Dense(x.shape[-1], activation="${inside.gate}")(gate)
    return layers.Multiply()([x, gate])`,
  ];
}

function convBn({ activation }: MbconvDescription): string {
  const parameters = ['x: Tensor', 'filters: int', 'kernel: int', ...(activation ? [] : ['activation: str'])];
  const signature = `def conv_bn(${parameters.join(', ')}, stride: int = 1) -> Tensor:`;
  return `\
${
  signature.length <= 88
    ? signature
    : `def conv_bn(\n    ${parameters.join(', ')}, stride: int = 1\n) -> Tensor:`
}
    """Convolution, BN, nonlinearity."""
    x = batch_norm(conv(x, filters, kernel, stride))
    return layers.Activation(${activation ? `"${activation}"` : 'activation'})(x)`;
}

function invertedResidual({ activation, squeezeExcite: inside }: MbconvDescription): string {
  const nonlinearity = activation ? `"${activation}"` : 'block.activation';
  const gate = inside
    ? `
    if block.squeeze > 0:
        x = squeeze_excite(x, block.squeeze)`
    : '';
  return `\
def inverted_residual(x: Tensor, block: Block) -> Tensor:
    """Widens by a 1×1 convolution, convolves depthwise, and narrows again."""
    images, in_channels = x, x.shape[-1]
    if block.hidden != in_channels:
        x = conv_bn(x, block.hidden, 1${activation ? '' : ', block.activation'})
    x = batch_norm(depthwise(x, block.kernel, block.stride))
    x = layers.Activation(${nonlinearity})(x)${gate}
    x = batch_norm(conv(x, block.channels, 1))
    if block.stride == 1 and block.channels == in_channels:
        x = layers.Add()([x, images])
    return x`;
}

function buildModel({ file, activation }: MbconvDescription): string {
  const { stem, head } = file.genotype;
  const named = (name: string) => (activation ? '' : `, "${name}"`);
  const stride = stem.stride === 1 ? '' : `, stride=${stem.stride}`;
  return modelFunction(file, {
    summary: 'Stem, inverted residual blocks, global average pooling and a linear classifier.',
    body: `\
    x = conv_bn(images, ${stem.channels}, 3${named(stem.activation)}${stride})
    for block in BLOCKS:
        x = inverted_residual(x, block)
    x = conv_bn(x, ${head.channels}, 1${named(head.activation)})`,
    output: 'x',
    ...(head.hidden > 0 && {
      hidden: `    features = layers.Dense(${head.hidden}, activation="${head.activation}", name="hidden")(features)`,
    }),
  });
}

export function mbconvCode(description: MbconvDescription): PythonCode {
  return {
    table: mbconvSection(description),
    network: [
      convBn(description),
      ...squeezeExcite(description),
      invertedResidual(description),
      buildModel(description),
    ],
  };
}
