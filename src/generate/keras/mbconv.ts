/** Networks of inverted residual blocks (MobileNetV3, EfficientNet) in Keras's functional style. */
import type { MbconvDescription } from '../describe';
import type { PythonCode } from '../pythonFile';
import { group } from '../layout';
import { lay } from '../python';
import { mbconvSection } from '../pythonTables';
import { modelFunction } from './model';

function squeezeExcite({ squeezeExcite: inside }: MbconvDescription): string[] {
  if (!inside) return [];
  return [
    `\
def squeeze_excite(x: Tensor, squeeze: int, *, name: str) -> Tensor:
    """Scales every channel by a gate that is computed from all channels' means."""
    narrow = layers.Dense(squeeze, activation="${inside.inner}", name=f"{name}.gate.1")
    widen = layers.Dense(x.shape[-1], activation="${inside.gate}", name=f"{name}.gate.3")
    means = layers.GlobalAveragePooling2D(keepdims=True)(x)
    return layers.Multiply()([x, widen(narrow(means))])`,
  ];
}

function convBn({ activation }: MbconvDescription): string {
  const parameters = [
    ...['x: Tensor', 'filters: int', 'kernel: int'],
    ...(activation ? [] : ['activation: str']),
    ...['stride: int = 1', '*', 'name: str'],
  ];
  return `\
${lay(group('def conv_bn(', parameters, ') -> Tensor:'))}
    """Convolution, BN, nonlinearity."""
    x = conv(x, filters, kernel, stride, name=f"{name}.0")
    x = batch_norm(x, name=f"{name}.1")
    return layers.Activation(${activation ? `"${activation}"` : 'activation'})(x)`;
}

function invertedResidual({ activation, squeezeExcite: inside }: MbconvDescription): string {
  const nonlinearity = activation ? `"${activation}"` : 'block.activation';
  const gate = inside
    ? `
    if block.squeeze > 0:
        x = squeeze_excite(x, block.squeeze, name=f"{name}.squeeze_excite")`
    : '';
  const wider = ['x', 'block.hidden', '1', ...(activation ? [] : ['block.activation'])];
  const expand = lay(group('x = conv_bn(', [...wider, 'name=f"{name}.expand"'], ')'), 2);
  return `\
def inverted_residual(x: Tensor, block: Block, *, name: str) -> Tensor:
    """Widens by a 1×1 convolution, convolves depthwise, and narrows again."""
    images, in_channels = x, x.shape[-1]
    if block.hidden != in_channels:
${expand}
    x = depthwise(x, block.kernel, block.stride, name=f"{name}.depthwise.0")
    x = batch_norm(x, name=f"{name}.depthwise.1")
    x = layers.Activation(${nonlinearity})(x)${gate}
    x = conv(x, block.channels, 1, name=f"{name}.project.0")
    x = batch_norm(x, name=f"{name}.project.1")
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
    x = conv_bn(images, ${stem.channels}, 3${named(stem.activation)}${stride}, name="stem")
    for index, block in enumerate(BLOCKS):
        x = inverted_residual(x, block, name=f"blocks.{index}")
    x = conv_bn(x, ${head.channels}, 1${named(head.activation)}, name="head")`,
    output: 'x',
    ...(head.hidden > 0 && {
      hidden: `    hidden = layers.Dense(${head.hidden}, activation="${head.activation}", name="hidden")
    features = hidden(features)`,
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
