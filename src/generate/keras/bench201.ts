/** Networks of NAS-Bench-201 in Keras's functional style. */
import type { Bench201Description } from '../describe';
import { operationBranches } from '../python';
import type { PythonCode } from '../pythonFile';
import { bench201Section } from '../pythonTables';
import { operationOutput } from './layers';
import { modelFunction } from './model';

function operation({ operations }: Bench201Description): string {
  return `\
def operation(name: str, x: Tensor, channels: int) -> Tensor:
    """Output of one edge of a cell; it has the shape of its input."""
${operationBranches(operations, operationOutput)}`;
}

const cell = `\
def cell(x: Tensor, channels: int) -> Tensor:
    """Three nodes, each the sum of one operation on every state before it."""
    states = [x]
    for names in CELL:
        outputs = [operation(name, x, channels) for name, x in zip(names, states)]
        states.append(layers.Add()(outputs) if len(outputs) > 1 else outputs[0])
    return states[-1]`;

const residualBlock = `\
def residual_block(x: Tensor, channels: int) -> Tensor:
    """Halves height and width: two convolutions beside a shortcut, added."""
    y = relu_conv_bn(x, channels, 3, stride=2)
    y = relu_conv_bn(y, channels, 3)
    # "same" makes ⌈n / 2⌉ of n pixels and leaves its padding out of the mean.
    shortcut = layers.AveragePooling2D(2, padding="same")(x)
    return layers.Add()([y, conv(shortcut, channels, 1)])`;

function buildModel({ file, cellsPerStage }: Bench201Description): string {
  return modelFunction(file, {
    summary: 'Stem, three stages of cells, global average pooling and a linear classifier.',
    scale: [
      {
        code: `channels: int = ${file.network.channels}`,
        text: 'channels: channels of the first stage; each later one has twice as many.',
      },
      { code: `cells: int = ${cellsPerStage}`, text: 'cells: number of cells in each stage.' },
    ],
    body: `\
    x = batch_norm(conv(images, channels, 3))
    for stage in range(3):
        if stage > 0:
            channels *= 2
            x = residual_block(x, channels)
        for _ in range(cells):
            x = cell(x, channels)
    x = layers.ReLU()(batch_norm(x))`,
    output: 'x',
  });
}

export function bench201Code(description: Bench201Description): PythonCode {
  return {
    table: bench201Section(description.file),
    network: [operation(description), cell, residualBlock, buildModel(description)],
  };
}
