/** Chains of layers in Keras's functional style. */
import type { ChainConnections } from '../../space/chain/genotype';
import type { ChainDescription } from '../describe';
import { operationBranches } from '../python';
import type { PythonCode } from '../pythonFile';
import { chainSection } from '../pythonTables';
import { operationOutput } from './layers';
import { modelFunction } from './model';

function operation({ operations }: ChainDescription): string {
  return `\
def operation(kind: str, x: Tensor, channels: int, stride: int, *, name: str) -> Tensor:
    """Output of one layer; n pixels become ⌈n / stride⌉."""
${operationBranches(operations, operationOutput, 'kind', 'x.shape[-1] == channels')}`;
}

const shortcut = `\
def shortcut(x: Tensor, channels: int, stride: int, *, name: str) -> Tensor:
    """The input of a layer, by a 1×1 convolution where its output has another shape."""
    if stride == 1 and x.shape[-1] == channels:
        return x
    x = conv(x, channels, 1, stride, name=f"{name}.0")
    return batch_norm(x, name=f"{name}.1")`;

const loops: Readonly<Record<ChainConnections, string>> = {
  sequential: `\
    for index, (kind, channels, stride) in enumerate(LAYERS):
        x = operation(kind, x, channels, stride, name=f"layers.{index}")`,
  skip: `\
    for index, (kind, channels, stride) in enumerate(LAYERS):
        name = f"layers.{index}"
        y = operation(kind, x, channels, stride, name=f"{name}.operation")
        z = shortcut(x, channels, stride, name=f"{name}.shortcut")
        x = layers.Add()([y, z])`,
  dense: `\
    for index, (kind, channels, stride) in enumerate(LAYERS):
        # What keeps the size is read by all later layers of that size.
        is_read = stride == 1 and index < len(LAYERS) - 1
        name = f"layers.{index}.operation" if is_read else f"layers.{index}"
        y = operation(kind, x, channels, stride, name=name)
        x = layers.Concatenate()([x, y]) if is_read else y`,
};

function buildModel({ file }: ChainDescription): string {
  return modelFunction(file, {
    summary: 'Stem, layers, global average pooling and a linear classifier.',
    body: `\
    x = conv(images, LAYERS[0].channels, 3, name="stem.0")
    x = batch_norm(x, name="stem.1")
${loops[file.genotype.connections]}
    x = layers.ReLU()(batch_norm(x, name="head.0"))`,
    output: 'x',
  });
}

export function chainCode(description: ChainDescription): PythonCode {
  const isSkip = description.file.genotype.connections === 'skip';
  return {
    table: chainSection(description.file),
    network: [operation(description), ...(isSkip ? [shortcut] : []), buildModel(description)],
  };
}
