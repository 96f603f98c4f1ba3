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
def operation(name: str, x: Tensor, channels: int, stride: int) -> Tensor:
    """Output of one layer; n pixels become ⌈n / stride⌉."""
${operationBranches(operations, operationOutput, 'x.shape[-1] == channels')}`;
}

const shortcut = `\
def shortcut(x: Tensor, channels: int, stride: int) -> Tensor:
    """The input of a layer, by a 1×1 convolution where its output has another shape."""
    if stride == 1 and x.shape[-1] == channels:
        return x
    return batch_norm(conv(x, channels, 1, stride))`;

const loops: Readonly<Record<ChainConnections, string>> = {
  sequential: `\
    for name, channels, stride in LAYERS:
        x = operation(name, x, channels, stride)`,
  skip: `\
    for name, channels, stride in LAYERS:
        y = operation(name, x, channels, stride)
        x = layers.Add()([y, shortcut(x, channels, stride)])`,
  dense: `\
    for index, (name, channels, stride) in enumerate(LAYERS):
        y = operation(name, x, channels, stride)
        # What keeps the size is read by all later layers of that size.
        is_read = stride == 1 and index < len(LAYERS) - 1
        x = layers.Concatenate()([x, y]) if is_read else y`,
};

function buildModel({ file }: ChainDescription): string {
  return modelFunction(file, {
    summary: 'Stem, layers, global average pooling and a linear classifier.',
    body: `\
    x = batch_norm(conv(images, LAYERS[0].channels, 3))
${loops[file.genotype.connections]}
    x = layers.ReLU()(batch_norm(x))`,
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
