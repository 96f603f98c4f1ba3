/** PyTorch: the network as `nn.Module`s, for every version from 1.13 on. */
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
import { blockClass } from './layers';
import { mbconvCode } from './mbconv';

const fileName = (file: GenotypeFile) => `${slug(file.origin.name, '_')}_torch.py`;

function header(description: NetworkDescription, code: string): string {
  const { file } = description;
  const { height, width, channels } = file.network.input;
  const lines = headerLines(description, {
    framework: 'PyTorch',
    input: `[N, ${channels}, ${height}, ${width}]`,
    functional: false,
    command: `python ${fileName(file)}${/\bWEIGHTS\b/.test(code) ? ' PICTURE…' : ''}`,
    trained:
      'network.load_state_dict(safetensors.torch.load_file(path)) loads what a run trained, exported for PyTorch.',
    needs: /\bWEIGHTS\b/.test(code) ? 'PyTorch, NumPy, Pillow and safetensors' : undefined,
    width: 85,
  });
  const standard = usedImports(code, [
    [/\bsys\./, 'import sys'],
    [/\bPath\b/, 'from pathlib import Path'],
    [/\bNamedTuple\b/, 'from typing import NamedTuple'],
  ]);
  const torch = [
    ...usedImports(code, [[/\bnp\./, 'import numpy as np']]),
    'import torch',
    ...usedImports(code, [
      [/\bF\./, 'import torch.nn.functional as F'],
      [/\bImage\./, 'from PIL import Image'],
      [/\bload_file\(Path/, 'from safetensors.torch import load_file'],
    ]),
  ];
  return `\
${docstring(lines)}

from __future__ import annotations

${standard.length > 0 ? `${standard.join('\n')}\n\n` : ''}\
${torch.join('\n')}
from torch import Tensor, nn`;
}

const normalize = `\
def normalize(pixels: Tensor) -> Tensor:
    """Pixels from 0 to 255 [N, C, H, W] as the network expects them."""
    mean = torch.tensor(MEAN, device=pixels.device).view(1, -1, 1, 1)
    deviation = torch.tensor(DEVIATION, device=pixels.device).view(1, -1, 1, 1)
    return (pixels / 255 - mean) / deviation`;

function main({ file }: NetworkDescription): string {
  const { height, width, channels } = file.network.input;
  const shape = `2, ${channels}, ${height}, ${width}`;
  const images = file.normalization
    ? `normalize(torch.randint(0, 256, (${shape})))`
    : `torch.randn(${shape})`;
  return `\
def main() -> None:
    """Runs the network once on two random images."""
    network = Network().eval()
    images = ${images}
    with torch.no_grad():
        logits = network(images)
    parameters = sum(parameter.numel() for parameter in network.parameters())
    print(f"{parameters:,} parameters; logits of shape {tuple(logits.shape)}")


if __name__ == "__main__":
    main()`;
}

const pictures: PictureFramework = {
  network: ['network', 'Network'],
  predict: (shape) => `\
    pixels = torch.from_numpy(np.array(small)).reshape(${shape})
    with torch.no_grad():
        probabilities = network(normalize(pixels.permute(0, 3, 1, 2))).softmax(1)[0]
    order = probabilities.argsort(descending=True).tolist()`,
  load: `\
    network = Network()
    network.load_state_dict(load_file(Path(__file__).parent / WEIGHTS))
    network.eval()
    parameters = sum(parameter.numel() for parameter in network.parameters())`,
};

function generate(file: GenotypeFile, options?: GenerateOptions): string {
  const framework: PythonFramework = {
    weighting: 'Of the loss, by class: nn.CrossEntropyLoss(weight=torch.tensor(CLASS_WEIGHTS)).',
    ...{ header, normalize, helpers, main, pictures },
    block: blockClass,
    skeletons: {
      cell: cellCode,
      nasbench201: bench201Code,
      chain: chainCode,
      mbconv: mbconvCode,
    },
  };
  return pythonFile(file, framework, options);
}

export const pytorch: Language = {
  id: 'pytorch',
  title: 'PyTorch',
  description: 'A Python file with torch.nn modules (PyTorch 1.13 and newer).',
  functional: false,
  classifies: true,
  extension: '.py',
  fileName,
  generate,
};
