/** What a schema cannot say: conditions between keys of a config. */
import { dataSets } from '../data/registry';
import { isConnection } from '../space/operations';
import { createSpace, entryOf } from '../space/registry';
import { combinationChecks } from './combinationChecks';
import type { Finding } from './explain';
import type { Config } from './schema';

/** Training images that the config leaves for w and for α, as far as that is known before loading. */
function splitSizes(config: Config): { weights: number; alpha: number } | undefined {
  const entry = dataSets.find((set) => set.name === config.data.set);
  const total = Math.min(config.data.trainImages ?? Infinity, entry?.trainCount ?? Infinity);
  if (!Number.isFinite(total)) return undefined;
  const alpha = Math.round(total * config.data.validationShare);
  return { weights: total - alpha, alpha };
}

/**
 * Everything that contradicts itself in a config whose keys are each valid.
 * @param written the config as it is in its file, before defaults
 */
export function crossChecks(config: Config, written: unknown): Finding[] {
  const findings = combinationChecks(config, written);
  const { space, data, training, final, strategy, budget } = config;

  const operations = entryOf(space).operations?.(space) ?? [];
  if (operations.length > 0 && !operations.some(isConnection)) {
    findings.push({
      path: ['space', 'operations'],
      message: 'With nothing but "none" no network is connected.',
      hint: 'Add at least one other operation, e.g. "skip_connect" and "sep_conv_3x3".',
    });
  }
  const repeated = operations.findIndex((name, i) => operations.indexOf(name) !== i);
  if (repeated >= 0) {
    findings.push({
      path: ['space', 'operations', repeated],
      message: `"${operations[repeated]}" is listed twice.`,
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
  if ('warmupEpochs' in strategy && strategy.warmupEpochs >= budget.epochs) {
    findings.push({
      path: ['strategy', 'warmupEpochs'],
      message: `${strategy.warmupEpochs} warm-up epochs leave none of the ${budget.epochs} for α.`,
      hint: 'Use fewer than budget.epochs.',
    });
  }
  const channels = createSpace(space).supernet?.channels;
  if ('channelShare' in strategy && channels !== undefined && channels % strategy.channelShare !== 0) {
    findings.push({
      path: ['strategy', 'channelShare'],
      message: `The supernet’s ${channels} channels cannot be divided into ${strategy.channelShare} equal parts.`,
      hint: 'Use a divisor of space.channels.',
    });
  }
  if ('penalty' in strategy && strategy.penalty?.cost === 'latency' && !config.limits.latencyTable) {
    findings.push({
      path: ['strategy', 'penalty', 'cost'],
      message: 'A penalty on latency needs a latency table.',
      hint: 'Measure one with `nas latency` and name it in limits.latencyTable, or use "flops".',
    });
  }
  if (config.limits.maxLatencyMs !== undefined && config.limits.latencyTable === undefined) {
    findings.push({
      path: ['limits', 'maxLatencyMs'],
      message: 'A limit on latency needs a latency table.',
      hint: 'Add "latencyTable" with a file name, e.g. "latency.json", and make the file with: nas latency CONFIG',
    });
  }
  const side = data.imageSize ?? entry?.shape?.height;
  const needed = entryOf(space).smallestSide(space, final.epochs > 0 ? final : undefined);
  if (side !== undefined && side < needed) {
    findings.push({
      path: ['data', 'imageSize'],
      message: `Images of side ${side} are too small for the reductions of this network.`,
      hint: `Use at least ${needed}.`,
    });
  }
  return findings;
}
