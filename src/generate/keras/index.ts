/** Keras 3: the network as a functional model of the framework's own layers, on any backend. */
import type { GenotypeFile } from '../../space/genotype';
import type { NetworkDescription } from '../describe';
import { headerLines } from '../header';
import type { GenerateOptions, Language } from '../language';
import { docstring, usedImports } from '../python';
import { pythonFile, type PythonFramework } from '../pythonFile';
import type { PictureFramework } from '../pythonPictures';
import { slug } from '../text';
import { bench201Code } from './bench201';
import { cellCode } from './cells';
import { chainCode } from './chain';
import { helpers } from './helpers';
import { blockFunction } from './layers';
import { mbconvCode } from './mbconv';

const fileName = (file: GenotypeFile) => `${slug(file.origin.name, '_')}_keras.py`;

function header(description: NetworkDescription, code: string): string {
  const { file } = description;
  const { height, width, channels } = file.network.input;
  const lines = headerLines(description, {
    framework: 'Keras 3',
    input: `[N, ${height}, ${width}, ${channels}]`,
    functional: true,
    command: `python ${fileName(file)}${/\bWEIGHTS\b/.test(code) ? ' PICTURE…' : ''}`,
    trained: 'load_weights(model, path) loads what a run trained, its weights.safetensors.',
    needs: /\bWEIGHTS\b/.test(code) ? 'Keras 3, NumPy, Pillow and safetensors' : undefined,
    width: 85,
  });
  const standard = usedImports(code, [
    [/\bmath\./, 'import math'],
    [/\bsys\./, 'import sys'],
    [/\bPath\b/, 'from pathlib import Path'],
    [/\bNamedTuple\b/, 'from typing import NamedTuple'],
  ]);
  return `\
${docstring(lines)}

from __future__ import annotations

${standard.join('\n')}

import keras
${/\bnp\./.test(code) ? 'import numpy as np\n' : ''}\
from keras import KerasTensor as Tensor
from keras import layers${/\bops\./.test(code) ? ', ops' : ''}${/\bImage\./.test(code) ? '\nfrom PIL import Image' : ''}`;
}

const normalize = `\
def normalize(pixels: Tensor) -> Tensor:
    """Pixels from 0 to 255 [N, H, W, C] as the network expects them."""
    pixels = ops.cast(pixels, "float32")
    return (pixels / 255 - ops.array(MEAN)) / ops.array(DEVIATION)`;

const loadWeights = `\
def load_weights(model: keras.Model, path: str) -> None:
    """Gives the model what was trained: a run's \`weights.safetensors\`."""
    from safetensors.numpy import load_file

    tensors = load_file(path)
    missing = [weight.path for weight in model.weights if weight.path not in tensors]
    if missing:
        raise ValueError(f"{path} has no {missing[0]}: it is of another network")
    for weight in model.weights:
        weight.assign(tensors[weight.path])`;

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

const pictures: PictureFramework = {
  network: ['model', 'keras.Model'],
  predict: (shape) => `\
    pixels = np.array(small).reshape(${shape})
    probabilities = ops.convert_to_numpy(ops.softmax(model(normalize(pixels))))[0]
    order = probabilities.argsort()[::-1]`,
  load: `\
    model = build_model()
    load_weights(model, str(Path(__file__).parent / WEIGHTS))
    parameters = sum(math.prod(weight.shape) for weight in model.trainable_weights)`,
};

function generate(file: GenotypeFile, options?: GenerateOptions): string {
  const framework: PythonFramework = {
    weighting: 'Of the loss, by class: model.fit(class_weight=dict(enumerate(CLASS_WEIGHTS))).',
    ...{ header, normalize, helpers, main, pictures },
    load: loadWeights,
    block: blockFunction,
    skeletons: {
      cell: cellCode,
      nasbench201: bench201Code,
      chain: chainCode,
      mbconv: mbconvCode,
    },
  };
  return pythonFile(file, framework, options);
}

export const keras: Language = {
  id: 'keras',
  title: 'Keras',
  description: 'A Python file with a functional model (Keras 3, any backend).',
  functional: true,
  classifies: true,
  extension: '.py',
  fileName,
  generate,
};
