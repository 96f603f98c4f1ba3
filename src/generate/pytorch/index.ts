/** PyTorch: the network as `nn.Module`s, for every version from 1.13 on. */
import type { GenotypeFile } from '../../space/genotype';
import { describeNetwork, type NetworkDescription } from '../describe';
import { headerLines } from '../header';
import type { Language } from '../language';
import { dataConstants, docstring, genotypeSection, module } from '../python';
import { slug } from '../text';
import { blockClass, helpers } from './layers';
import { networkSections } from './network';

const fileName = (file: GenotypeFile) => `${slug(file.origin.name, '_')}_torch.py`;

function header(description: NetworkDescription): string {
  const { file } = description;
  const { height, width, channels } = file.network.input;
  const lines = headerLines(description, {
    framework: 'PyTorch',
    input: `[N, ${channels}, ${height}, ${width}]`,
    functional: false,
    command: `python ${fileName(file)}`,
    width: 85,
  });
  return `\
${docstring(lines)}

from __future__ import annotations

from functools import reduce
from typing import NamedTuple

import torch
import torch.nn.functional as F
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
  const description = describeNetwork(file);
  return module([
    header(description),
    genotypeSection(file),
    dataConstants(file),
    file.normalization ? normalize : '',
    ...helpers(description),
    ...description.blocks.map(blockClass),
    ...networkSections(description),
    main(description),
  ]);
}

export const pytorch: Language = {
  id: 'pytorch',
  title: 'PyTorch',
  description: 'A Python file with torch.nn modules (PyTorch 1.13 and newer).',
  extension: '.py',
  fileName,
  generate,
};
