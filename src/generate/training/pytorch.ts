/** A training script in PyTorch. */
import { dataSections, preparations, recipeConstants, usesPillow, type ScriptFacts } from './pythonData';
import type { AuxiliaryClassifier } from './recipe';
import { docstring, lay, module as sections, usedImports } from '../python';
import { group } from '../layout';

function auxiliaryClass({ inputs, bottleneck, filters }: AuxiliaryClassifier, classes: number): string {
  return `\
class Auxiliary(nn.Module):
    """A second classifier, which reads a cell [N, C, H, W] while the network trains."""

    def __init__(self, cell: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.ReLU(),
            nn.Conv2d(${inputs}, ${bottleneck}, 1, bias=False),
            nn.BatchNorm2d(${bottleneck}),
            nn.ReLU(),
            nn.Conv2d(${bottleneck}, ${filters}, 3, 2, padding=1, bias=False),
            nn.BatchNorm2d(${filters}),
            nn.ReLU(),
        )
        self.classifier = nn.Linear(${filters}, ${classes})
        self.logits = torch.empty(0)
        cell.register_forward_hook(self.read)

    def read(self, cell: nn.Module, inputs: object, output: Tensor) -> None:
        if cell.training:
            self.logits = self.classifier(self.layers(output).mean(dim=(2, 3)))`;
}

const averageFunction = `\
@torch.no_grad()
def add_to_average(average: nn.Module, network: nn.Module, step: int) -> None:
    """Moves the average towards the weights of a step, which count from 1."""
    share = 1 - min(WEIGHT_AVERAGE, (1 + step) / (10 + step))
    for mean, weight in zip(average.parameters(), network.parameters()):
        mean.lerp_(weight, share)`;

function stepFunction(hasAuxiliary: boolean): string {
  const parameters = [
    'network: code.Network',
    ...(hasAuxiliary ? ['auxiliary: Auxiliary'] : []),
    'optimizer: torch.optim.SGD',
    'pixels: Array',
    'targets: Array',
  ];
  const signature = lay(group('def train_step(', parameters, ') -> tuple[float, int]:'));
  return `\
def loss_of(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy; the targets of an image add up to what it counts."""
    return -(targets * F.log_softmax(logits, 1)).sum(1).mean()


${signature}
    """One step of SGD. Returns the loss and how many images it takes for what they are."""
    device = next(network.parameters()).device
    images = code.normalize(torch.from_numpy(pixels).to(device).permute(0, 3, 1, 2))
    expected = torch.from_numpy(targets).to(device)
    logits = network(images)
    loss = loss_of(logits, expected)
${hasAuxiliary ? '    loss = loss + AUXILIARY_WEIGHT * loss_of(auxiliary.logits, expected)\n' : ''}\
    optimizer.zero_grad()
    loss.backward()
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    nn.utils.clip_grad_norm_(weights, LARGEST_GRADIENT)
    optimizer.step()
    return loss.item(), int((logits.argmax(1) == expected.argmax(1)).sum())`;
}

const testFunction = `\
@torch.no_grad()
def accuracy_of(network: code.Network, images: Array, labels: Array) -> float:
    """Share of images that the network takes for what they are."""
    network.eval()
    device = next(network.parameters()).device
    right = 0
    for start in range(0, len(labels), BATCH_SIZE):
        pixels = torch.from_numpy(images[start : start + BATCH_SIZE]).to(device)
        logits = network(code.normalize(pixels.permute(0, 3, 1, 2)))
        expected = torch.from_numpy(labels[start : start + BATCH_SIZE]).to(device)
        right += int((logits.argmax(1) == expected).sum())
    return right / len(labels)`;

function mainFunction({ recipe }: ScriptFacts): string {
  const { auxiliary, dropPath, weightAverage } = recipe;
  const extra = auxiliary ? 'auxiliary, ' : '';
  const averaged = weightAverage > 0;
  return `\
def main() -> None:
    """Trains the network and keeps its weights."""
${preparations}
    torch.manual_seed(arguments.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = code.Network().to(device)
${
  auxiliary
    ? `\
    auxiliary = Auxiliary(network.get_submodule("cells.${auxiliary.cell}")).to(device)
    weights = [*network.parameters(), *auxiliary.parameters()]
`
    : '    weights = list(network.parameters())\n'
}\
    optimizer = torch.optim.SGD(
        weights, LEARNING_RATE, MOMENTUM, weight_decay=WEIGHT_DECAY
    )
${averaged ? '    average = copy.deepcopy(network)\n    step = 0\n' : ''}\
    for epoch in range(arguments.epochs):
        network.train()
${dropPath > 0 ? '        network.set_drop_path(DROP_PATH * epoch / arguments.epochs)\n' : ''}\
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(epoch, arguments.epochs)
        losses: list[float] = []
        right = 0
        for pixels, targets in training_batches(images, labels, random):
            loss, hits = train_step(network, ${extra}optimizer, pixels, targets)
            losses.append(loss)
            right += hits
${averaged ? '            step += 1\n            add_to_average(average, network, step)\n' : ''}\
        accuracy = right / (len(losses) * BATCH_SIZE)
        print(
            f"epoch {epoch + 1} of {arguments.epochs}: "
            f"loss {np.mean(losses):.4f}, accuracy {accuracy:.2%}"
        )
${
  averaged
    ? `\
    # The statistics of BN are those of other weights: they are measured anew.
    batches = training_batches(images, labels, random)
    pictures = (torch.from_numpy(pixels) for pixels, _ in batches)
    update_bn(
        (code.normalize(each.permute(0, 3, 1, 2)) for each in pictures), average, device
    )
    network = average
`
    : ''
}\
    accuracy = accuracy_of(network, test_images, test_labels)
    print(f"test accuracy {accuracy:.2%} of {len(test_labels)} images")
    save_file(network.state_dict(), arguments.out)
    print(arguments.out)


if __name__ == "__main__":
    main()`;
}

export function pytorchTraining(facts: ScriptFacts, lines: readonly string[]): string {
  const { recipe, classes } = facts;
  const { auxiliary } = recipe;
  const code = [
    ...dataSections(facts),
    ...(auxiliary ? [auxiliaryClass(auxiliary, classes)] : []),
    stepFunction(auxiliary !== undefined),
    ...(recipe.weightAverage > 0 ? [averageFunction] : []),
    testFunction,
    mainFunction(facts),
  ];
  const all = code.join('\n');
  const pillow = ['Image', 'ImageEnhance', 'ImageOps'].filter((name) => all.includes(`${name}.`));
  const imports = `\
${docstring([...lines])}

from __future__ import annotations

import argparse
${usedImports(all, [[/\bcopy\./, 'import copy\n']]).join('')}\
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
${usesPillow(recipe) ? `from PIL import ${pillow.join(', ')}\n` : ''}\
from safetensors.numpy import load_file
from safetensors.torch import save_file
from torch import Tensor, nn
${recipe.weightAverage > 0 ? 'from torch.optim.swa_utils import update_bn\n' : ''}
import ${facts.module} as code

Array = np.ndarray[Any, Any]
HERE = Path(__file__).parent
${recipeConstants(facts)}`;
  return sections([imports, ...code]);
}
