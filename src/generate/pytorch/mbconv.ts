/** Networks of inverted residual blocks (MobileNetV3, EfficientNet) in PyTorch. */
import type { Activation, Gate } from '../../space/layers';
import type { MbconvDescription } from '../describe';
import type { PythonCode } from '../pythonFile';
import { mbconvSection } from '../pythonTables';
import { blackStyle, group } from '../layout';
import { lay } from '../python';

const modules: Readonly<Record<Activation | Gate, string>> = {
  relu: 'nn.ReLU',
  swish: 'nn.SiLU',
  hard_swish: 'nn.Hardswish',
  sigmoid: 'nn.Sigmoid',
  hard_sigmoid: 'nn.Hardsigmoid',
};

/** A list: black gives every item a line of its own where they do not fit on one. */
function list(open: string, items: readonly string[], close: string, depth: number): string {
  const width = blackStyle.width - depth * blackStyle.indent.length;
  const isBroken = open.length + items.join(', ').length + close.length > width;
  return lay(group(open, items, close, isBroken), depth);
}

/** By name, where blocks differ in it. */
function table({ activation, activations }: MbconvDescription): string[] {
  if (activation) return [];
  return [
    lay(
      group(
        'ACTIVATIONS = {',
        activations.map((name) => `"${name}": ${modules[name]}`),
        '}',
      ),
    ),
  ];
}

function squeezeExcite({ squeezeExcite: inside }: MbconvDescription): string[] {
  if (!inside) return [];
  return [
    `\
class SqueezeExcite(nn.Module):
    """Scales every channel by a gate that is computed from all channels' means."""

    def __init__(self, channels: int, squeeze: int) -> None:
        super().__init__()
        self.gate = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(channels, squeeze, 1),
            ${modules[inside.inner]}(),
            nn.Conv2d(squeeze, channels, 1),
            ${modules[inside.gate]}(),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x * self.gate(x)`,
  ];
}

function invertedResidual({ activation, squeezeExcite: inside }: MbconvDescription): string {
  const lookUp = activation ? '' : '\n        activation = ACTIVATIONS[block.activation]';
  const nonlinearity = activation ? `${modules[activation]}()` : 'activation()';
  const gate = inside
    ? `
        self.squeeze_excite: nn.Module = nn.Identity()
        if block.squeeze > 0:
            self.squeeze_excite = SqueezeExcite(hidden, block.squeeze)`
    : '';
  const expand = list(
    'self.expand = nn.Sequential(',
    ['conv(in_channels, hidden, 1)', 'nn.BatchNorm2d(hidden)', nonlinearity],
    ')',
    3,
  );
  const depthwise = list(
    'self.depthwise = nn.Sequential(',
    ['depthwise(hidden, block.kernel, block.stride)', 'nn.BatchNorm2d(hidden)', nonlinearity],
    ')',
    2,
  );
  const project = list(
    'self.project = nn.Sequential(',
    ['conv(hidden, block.channels, 1)', 'nn.BatchNorm2d(block.channels)'],
    ')',
    2,
  );
  return `\
class InvertedResidual(nn.Module):
    """Widens by a 1×1 convolution, convolves depthwise, and narrows again."""

    def __init__(self, in_channels: int, block: Block) -> None:
        super().__init__()
        hidden = block.hidden${lookUp}
        self.expand: nn.Module = nn.Identity()
        if hidden != in_channels:
${expand}
${depthwise}${gate}
${project}
        self.is_residual = block.stride == 1 and block.channels == in_channels

    def forward(self, x: Tensor) -> Tensor:
        y = self.depthwise(self.expand(x))
        y = self.project(${inside ? 'self.squeeze_excite(y)' : 'y'})
        return x + y if self.is_residual else y`;
}

function network({ file }: MbconvDescription): string {
  const { classes, input } = file.network;
  const { stem, head } = file.genotype;
  const stride = stem.stride === 1 ? '' : `, stride=${stem.stride}`;
  const first = list(
    'self.stem = nn.Sequential(',
    [
      `conv(in_channels, ${stem.channels}, 3${stride})`,
      `nn.BatchNorm2d(${stem.channels})`,
      `${modules[stem.activation]}()`,
    ],
    ')',
    2,
  );
  const last = list(
    'self.head = nn.Sequential(',
    [
      `conv(channels, ${head.channels}, 1)`,
      `nn.BatchNorm2d(${head.channels})`,
      `${modules[head.activation]}()`,
    ],
    ')',
    2,
  );
  const hidden =
    head.hidden > 0
      ? {
          layers: `
        self.hidden = nn.Linear(${head.channels}, ${head.hidden})
        self.activation = ${modules[head.activation]}()`,
          step: '\n        features = self.activation(self.hidden(features))',
        }
      : { layers: '', step: '' };
  return `\
class Network(nn.Module):
    """Stem, inverted residual blocks, global average pooling and a linear classifier.

    Images [N, in_channels, H, W] of any size become logits [N, classes]: train it with
    \`nn.CrossEntropyLoss\`.

    Args:
        classes: number of logits.
        in_channels: channels of the images.
    """

    def __init__(self, classes: int = ${classes}, in_channels: int = ${input.channels}) -> None:
        super().__init__()
${first}
        channels = ${stem.channels}
        blocks: list[nn.Module] = []
        for block in BLOCKS:
            blocks.append(InvertedResidual(channels, block))
            channels = block.channels
        self.blocks = nn.Sequential(*blocks)
${last}${hidden.layers}
        self.classifier = nn.Linear(${head.hidden || head.channels}, classes)

    def forward(self, images: Tensor) -> Tensor:
        x = self.head(self.blocks(self.stem(images)))
        features = x.mean(dim=(2, 3))${hidden.step}
        return self.classifier(features)`;
}

export function mbconvCode(description: MbconvDescription): PythonCode {
  return {
    table: mbconvSection(description),
    network: [
      ...table(description),
      ...squeezeExcite(description),
      invertedResidual(description),
      network(description),
    ],
  };
}
