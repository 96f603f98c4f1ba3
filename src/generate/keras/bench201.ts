/** Networks of NAS-Bench-201 in Keras's functional style. */
import type { Bench201Description } from '../describe';
import { operationBranches } from '../python';
import type { PythonCode } from '../pythonFile';
import { bench201Section } from '../pythonTables';
import { operationOutput } from './layers';
import { modelFunction } from './model';

function operation({ operations }: Bench201Description): string {
  return `\
def operation(kind: str, x: Tensor, channels: int, *, name: str) -> Tensor:
    """Output of one edge of a cell; it has the shape of its input."""
${operationBranches(operations, operationOutput, 'kind')}`;
}

const cell = `\
def cell(x: Tensor, channels: int, *, name: str) -> Tensor:
    """Three nodes, each the sum of one operation on every state before it."""
    states = [x]
    for node, kinds in enumerate(CELL):
        outputs = [
            operation(kind, states[i], channels, name=f"{name}.nodes.{node}.{i}")
            for i, kind in enumerate(kinds)
        ]
        states.append(layers.Add()(outputs) if len(outputs) > 1 else outputs[0])
    return states[-1]`;

const residualBlock = `\
def residual_block(x: Tensor, channels: int, *, name: str) -> Tensor:
    """Halves height and width: two convolutions beside a shortcut, added."""
    y = relu_conv_bn(x, channels, 3, stride=2, name=f"{name}.convolutions.0")
    y = relu_conv_bn(y, channels, 3, name=f"{name}.convolutions.1")
    # "same" makes ⌈n / 2⌉ of n pixels and leaves its padding out of the mean.
    shortcut = layers.AveragePooling2D(2, padding="same")(x)
    shortcut = conv(shortcut, channels, 1, name=f"{name}.shortcut.1")
    return layers.Add()([y, shortcut])`;

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
    x = batch_norm(conv(images, channels, 3, name="stem.0"), name="stem.1")
    for stage in range(3):
        # Blocks are counted together with cells.
        first = stage * (cells + 1)
        if stage > 0:
            channels *= 2
            x = residual_block(x, channels, name=f"cells.{first - 1}")
        for index in range(first, first + cells):
            x = cell(x, channels, name=f"cells.{index}")
    x = layers.ReLU()(batch_norm(x, name="head.0"))`,
    output: 'x',
  });
}

export function bench201Code(description: Bench201Description): PythonCode {
  return {
    table: bench201Section(description.file),
    network: [operation(description), cell, residualBlock, buildModel(description)],
  };
}
