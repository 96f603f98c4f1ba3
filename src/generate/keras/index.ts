/** Keras 3: the network as a functional model of the framework's own layers, on any backend. */
import type { GenotypeFile } from '../../space/genotype';
import { describeNetwork, type NetworkDescription } from '../describe';
import { headerLines } from '../header';
import type { Language } from '../language';
import { dataConstants, docstring, genotypeSection, module } from '../python';
import { slug } from '../text';
import { blockFunction, helpers } from './layers';
import { networkSections } from './network';

const fileName = (file: GenotypeFile) => `${slug(file.origin.name, '_')}_keras.py`;

function header(description: NetworkDescription): string {
  const { file } = description;
  const { height, width, channels } = file.network.input;
  const lines = headerLines(description, {
    framework: 'Keras 3',
    input: `[N, ${height}, ${width}, ${channels}]`,
    functional: true,
    command: `python ${fileName(file)}`,
    width: 85,
  });
  return `\
${docstring(lines)}

from __future__ import annotations

import math
from typing import NamedTuple

import keras
from keras import KerasTensor as Tensor
from keras import layers${file.normalization ? ', ops' : ''}`;
}

const normalize = `\
def normalize(pixels: Tensor) -> Tensor:
    """Pixels from 0 to 255 [N, H, W, C] as the network expects them."""
    pixels = ops.cast(pixels, "float32")
    return (pixels / 255 - ops.array(MEAN)) / ops.array(DEVIATION)`;

function main({ file }: NetworkDescription): string {
  const { height, width, channels } = file.network.input;
  const shape = `(2, ${height}, ${width}, ${channels})`;
  const images = file.normalization
    ? `normalize(keras.random.uniform(${shape}, 0, 256))`
    : `keras.random.normal(${shape})`;
  return `\
def main() -> None:
    """Runs the network once on two random images."""
    model = build_model()
    images = ${images}
    logits = model(images)
    parameters = sum(math.prod(weight.shape) for weight in model.trainable_weights)
    print(f"{parameters:,} parameters; logits of shape {tuple(logits.shape)}")


if __name__ == "__main__":
    main()`;
}

function generate(file: GenotypeFile): string {
  const description = describeNetwork(file);
  return module([
    header(description),
    genotypeSection(file),
    dataConstants(file),
    file.normalization ? normalize : '',
    ...helpers(description),
    ...description.blocks.map(blockFunction),
    ...networkSections(description),
    main(description),
  ]);
}

export const keras: Language = {
  id: 'keras',
  title: 'Keras',
  description: 'A Python file with a functional model (Keras 3, any backend).',
  extension: '.py',
  fileName,
  generate,
};
