/** PyTorch: the network as `nn.Module`s, for every version from 1.13 on. */
import type { GenotypeFile } from '../../space/genotype';
import type { NetworkDescription } from '../describe';
import { headerLines } from '../header';
import type { Language } from '../language';
import { docstring, usedImports } from '../python';
import { pythonFile } from '../pythonFile';
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
    command: `python ${fileName(file)}`,
    trained:
      'network.load_state_dict(safetensors.torch.load_file(path)) loads what a run trained, exported for PyTorch.',
    width: 85,
  });
  const standard = usedImports(code, [[/\bNamedTuple\b/, 'from typing import NamedTuple']]);
  const torch = ['import torch', ...usedImports(code, [[/\bF\./, 'import torch.nn.functional as F']])];
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

function generate(file: GenotypeFile): string {
  return pythonFile(file, {
    weighting: 'Of the loss, by class: nn.CrossEntropyLoss(weight=torch.tensor(CLASS_WEIGHTS)).',
    ...{ header, normalize, helpers, main },
    block: blockClass,
    skeletons: {
      cell: cellCode,
      nasbench201: bench201Code,
      chain: chainCode,
      mbconv: mbconvCode,
    },
  });
}

export const pytorch: Language = {
  id: 'pytorch',
  title: 'PyTorch',
  description: 'A Python file with torch.nn modules (PyTorch 1.13 and newer).',
  extension: '.py',
  fileName,
  generate,
};
