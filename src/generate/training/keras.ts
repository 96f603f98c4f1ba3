/** A training script in Keras 3, for any of its backends. */
import { dataSections, preparations, recipeConstants, usesPillow, type ScriptFacts } from './pythonData';
import type { AuxiliaryClassifier } from './recipe';
import { docstring, module as sections } from '../python';

const optimizerClass = `\
class Sgd(keras.optimizers.SGD):
    """SGD whose L2 penalty is part of what momentum sums up, as in PyTorch."""

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        penalized = ops.add(gradient, ops.multiply(WEIGHT_DECAY, variable))
        super().update_step(penalized, variable, learning_rate)`;

const lossFunction = `\
def loss_of(targets: Any, logits: Any) -> Any:
    """Cross-entropy; the targets of an image add up to what it counts."""
    return -ops.mean(ops.sum(targets * ops.log_softmax(logits), axis=-1))`;

function auxiliaryFunction({ cell, bottleneck, filters }: AuxiliaryClassifier, classes: number): string {
  return `\
def with_auxiliary(model: keras.Model) -> keras.Model:
    """The model with a second classifier, which reads one of its cells."""
    x = layers.ReLU()(model.get_layer("cells.${cell}").output)
    x = layers.Conv2D(${bottleneck}, 1, use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x))
    x = layers.ZeroPadding2D(1)(x)
    x = layers.Conv2D(${filters}, 3, strides=2, use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x))
    logits = layers.Dense(${classes})(layers.GlobalAveragePooling2D()(x))
    return keras.Model(model.inputs, [*model.outputs, logits])`;
}

const dropPathFunction = `\
def set_drop_path(model: keras.Model, probability: float) -> None:
    """Changes the probability of dropping an edge."""
    for layer in model.layers:
        if isinstance(layer, layers.Dropout):
            layer.rate = probability
    # The function that was compiled has the old one in it.
    model.make_train_function(force=True)`;

const averageClass = `\
class WeightAverage:
    """A moving average of the weights of a model, which is judged and kept."""

    def __init__(self, model: keras.Model) -> None:
        self.model = model
        self.means = [ops.copy(weight) for weight in model.trainable_weights]
        self.steps = 0

    def add(self) -> None:
        """Moves the average towards the weights as they are after a step."""
        self.steps += 1
        share = 1 - min(WEIGHT_AVERAGE, (1 + self.steps) / (10 + self.steps))
        for i, weight in enumerate(self.model.trainable_weights):
            self.means[i] = self.means[i] + share * (weight - self.means[i])

    def give(self) -> None:
        """Gives the model the average instead of its weights."""
        for mean, weight in zip(self.means, self.model.trainable_weights):
            weight.assign(mean)`;

const saveFunction = `\
def save(model: keras.Model, path: Path) -> None:
    """Writes the weights by the names that \`load_weights\` reads."""
    arrays = {
        weight.path: np.ascontiguousarray(ops.convert_to_numpy(weight))
        for weight in model.weights
    }
    save_file(arrays, path)`;

const testFunction = `\
def accuracy_of(model: keras.Model, images: Array, labels: Array) -> float:
    """Share of images that the model takes for what they are."""
    right = 0
    for start in range(0, len(labels), BATCH_SIZE):
        logits = model(code.normalize(images[start : start + BATCH_SIZE]))
        chosen = ops.convert_to_numpy(logits).argmax(1)
        right += int((chosen == labels[start : start + BATCH_SIZE]).sum())
    return right / len(labels)`;

function compileFunction(hasAuxiliary: boolean): string {
  const losses = hasAuxiliary
    ? `\
        loss=[loss_of, loss_of],
        loss_weights=[1, AUXILIARY_WEIGHT],
        metrics=[["categorical_accuracy"], []],`
    : `\
        loss=loss_of,
        metrics=["categorical_accuracy"],`;
  return `\
def compile_for_training(model: keras.Model) -> None:
    """Tells the model the optimizer and the loss."""
    model.compile(
        optimizer=Sgd(
            LEARNING_RATE, momentum=MOMENTUM, global_clipnorm=LARGEST_GRADIENT
        ),
${losses}
        # What XLA compiles, it compiles anew whenever something changes.
        jit_compile=keras.backend.backend() == "jax",
    )


def train_step(
    model: keras.Model, pixels: Array, targets: Array
) -> tuple[float, float]:
    """One step of SGD. Returns the loss and the accuracy of the batch."""
    # Versions of Keras differ in whether they do so by themselves.
    model.reset_metrics()
    images = ops.convert_to_numpy(code.normalize(pixels))
    expected = ${hasAuxiliary ? '[targets, targets]' : 'targets'}
    logs = model.train_on_batch(images, expected, return_dict=True)
    accuracy = next(value for name, value in logs.items() if name.endswith("accuracy"))
    return float(logs["loss"]), float(accuracy)`;
}

function mainFunction({ recipe }: ScriptFacts): string {
  const { auxiliary, dropPath, weightAverage } = recipe;
  const averaged = weightAverage > 0;
  const trained = auxiliary ? 'trained' : 'model';
  return `\
def main() -> None:
    """Trains the network and keeps its weights."""
${preparations}
    keras.utils.set_random_seed(arguments.seed)
    model = code.build_model(${dropPath > 0 ? 'drop_path=DROP_PATH' : ''})
${auxiliary ? '    trained = with_auxiliary(model)\n' : ''}\
    compile_for_training(${trained})
${averaged ? '    average = WeightAverage(model)\n' : ''}\
    for epoch in range(arguments.epochs):
        ${trained}.optimizer.learning_rate = learning_rate(epoch, arguments.epochs)
${dropPath > 0 ? `        set_drop_path(${trained}, DROP_PATH * epoch / arguments.epochs)\n` : ''}\
        steps: list[tuple[float, float]] = []
        for pixels, targets in training_batches(images, labels, random):
            steps.append(train_step(${trained}, pixels, targets))
${averaged ? '            average.add()\n' : ''}\
        loss, accuracy = np.mean(steps, axis=0)
        print(
            f"epoch {epoch + 1} of {arguments.epochs}: "
            f"loss {loss:.4f}, accuracy {accuracy:.2%}"
        )
${
  averaged
    ? `\
    average.give()
${dropPath > 0 ? `    set_drop_path(${trained}, 0)\n` : ''}\
    # The statistics of BN are those of other weights: they move to those of these.
    measured = 0
    while measured < 50:
        for pixels, _ in training_batches(images, labels, random):
            model(code.normalize(pixels), training=True)
            measured += 1
`
    : ''
}\
    accuracy = accuracy_of(model, test_images, test_labels)
    print(f"test accuracy {accuracy:.2%} of {len(test_labels)} images")
    save(model, arguments.out)
    print(arguments.out)


if __name__ == "__main__":
    main()`;
}

export function kerasTraining(facts: ScriptFacts, lines: readonly string[]): string {
  const { recipe, classes } = facts;
  const { auxiliary } = recipe;
  const code = [
    ...dataSections(facts),
    lossFunction,
    optimizerClass,
    ...(auxiliary ? [auxiliaryFunction(auxiliary, classes)] : []),
    ...(recipe.dropPath > 0 ? [dropPathFunction] : []),
    ...(recipe.weightAverage > 0 ? [averageClass] : []),
    compileFunction(auxiliary !== undefined),
    testFunction,
    saveFunction,
    mainFunction(facts),
  ];
  const all = code.join('\n');
  const pillow = ['Image', 'ImageEnhance', 'ImageOps'].filter((name) => all.includes(`${name}.`));
  const imports = `\
${docstring([...lines])}

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ${/\blayers\./.test(all) ? 'layers, ' : ''}ops
${usesPillow(recipe) ? `from PIL import ${pillow.join(', ')}\n` : ''}\
from safetensors.numpy import load_file, save_file

import ${facts.module} as code

Array = np.ndarray[Any, Any]
HERE = Path(__file__).parent
${recipeConstants(facts)}`;
  return sections([imports, ...code]);
}
