/** What a schema cannot say: conditions between keys of a config. */
import { dataSets } from '../data/registry';
import { isReduction } from '../space/cell/plan';
import type { Config } from './schema';

export interface CheckFinding {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint: string;
}

/** Training images that the config leaves for w and for α, as far as that is known before loading. */
function splitSizes(config: Config): { weights: number; alpha: number } | undefined {
  const entry = dataSets.find((set) => set.name === config.data.set);
  const total = Math.min(config.data.trainImages ?? Infinity, entry?.trainCount ?? Infinity);
  if (!Number.isFinite(total)) return undefined;
  const alpha = Math.round(total * config.data.validationShare);
  return { weights: total - alpha, alpha };
}

/** Smallest side that the reductions of a network can halve without reaching 1 before its end. */
function smallestSide(cells: number): number {
  const reductions = Array.from({ length: cells }, (_, i) => isReduction(i, cells)).filter(Boolean).length;
  return 2 ** reductions;
}

/** Everything that contradicts itself in a config whose keys are each valid. */
export function crossChecks(config: Config): CheckFinding[] {
  const findings: CheckFinding[] = [];
  const { space, data, training, final, strategy, budget } = config;

  if (space.operations.every((name) => name === 'none')) {
    findings.push({
      path: ['space', 'operations'],
      message: 'With nothing but "none" no network is connected.',
      hint: 'Add at least one other operation, e.g. "skip_connect" and "sep_conv_3x3".',
    });
  }
  const repeated = space.operations.findIndex((name, i) => space.operations.indexOf(name) !== i);
  if (repeated >= 0) {
    findings.push({
      path: ['space', 'operations', repeated],
      message: `"${space.operations[repeated]}" is listed twice.`,
      hint: 'List every operation once.',
    });
  }
  if (data.set === 'idx' && !data.files) {
    findings.push({
      path: ['data', 'set'],
      message: 'The set "idx" needs files.',
      hint: 'Add "files" with trainImages, trainLabels, testImages and testLabels.',
    });
  }
  if (data.set !== 'idx' && data.files) {
    findings.push({
      path: ['data', 'files'],
      message: `"files" is only for the set "idx", not for "${data.set}".`,
      hint: 'Remove it, or set "set" to "idx".',
    });
  }
  const entry = dataSets.find((set) => set.name === data.set);
  if (entry) {
    const available: ['trainImages' | 'testImages', number | undefined][] = [
      ['trainImages', entry.trainCount],
      ['testImages', entry.testCount],
    ];
    for (const [key, count] of available) {
      const wanted = data[key];
      if (wanted === undefined || count === undefined || wanted <= count) continue;
      findings.push({
        path: ['data', key],
        message: `${data.set} has ${count} such images, not ${wanted}.`,
        hint: `Use at most ${count}, or leave the key out to take all.`,
      });
    }
  }
  const sizes = splitSizes(config);
  if (sizes && training.batchSize > Math.min(sizes.weights, sizes.alpha)) {
    findings.push({
      path: ['training', 'batchSize'],
      message: `A batch of ${training.batchSize} is larger than a split (${sizes.weights} images for the weights, ${sizes.alpha} for α).`,
      hint: 'Use a smaller batch or more training images.',
    });
  }
  if (sizes && final.epochs > 0 && final.batchSize > sizes.weights + sizes.alpha) {
    findings.push({
      path: ['final', 'batchSize'],
      message: `A batch of ${final.batchSize} is larger than the training data (${sizes.weights + sizes.alpha} images).`,
      hint: 'Use a smaller batch or more training images.',
    });
  }
  for (const [key, section] of [['training', training] as const, ['final', final] as const]) {
    if (section.minLearningRate <= section.learningRate) continue;
    findings.push({
      path: [key, 'minLearningRate'],
      message: `The learning rate cannot fall from ${section.learningRate} to ${section.minLearningRate}.`,
      hint: 'Use a value of at most learningRate.',
    });
  }
  if (strategy.warmupEpochs >= budget.epochs) {
    findings.push({
      path: ['strategy', 'warmupEpochs'],
      message: `${strategy.warmupEpochs} warm-up epochs leave none of the ${budget.epochs} for α.`,
      hint: 'Use fewer than budget.epochs.',
    });
  }
  const side = data.imageSize ?? entry?.shape?.height;
  const needed = Math.max(smallestSide(space.cells), final.epochs > 0 ? smallestSide(final.cells) : 1);
  if (side !== undefined && side < needed) {
    findings.push({
      path: ['data', 'imageSize'],
      message: `Images of side ${side} are too small for the reductions of this network.`,
      hint: `Use at least ${needed}.`,
    });
  }
  return findings;
}
