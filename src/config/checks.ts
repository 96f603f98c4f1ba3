/** What a schema cannot say: conditions between keys of a config. */
import type { DataFacts } from '../data/dataSet';
import { dataSetNamed } from '../data/registry';
import type { Finding } from '../describe';
import { isConnection } from '../space/operations';
import { entryOf } from '../space/registry';
import { architectureChecks } from './architecture';
import { combinationChecks } from './combinationChecks';
import { dataChecks, splitSizes } from './dataChecks';
import type { Config } from './schema';

/**
 * Everything that contradicts itself in a config whose keys are each valid.
 * @param written the config as it is in its file, before defaults
 * @param facts of its data, where they are known
 */
export function crossChecks(config: Config, written: unknown, facts: DataFacts | undefined): Finding[] {
  const searches = config.architecture === undefined;
  const findings = [
    ...architectureChecks(config),
    ...(searches ? combinationChecks(config, written, facts && splitSizes(config, facts).weights) : []),
    ...(facts ? dataChecks(config, facts) : []),
    ...(dataSetNamed(config.data.set).checks?.(config.data) ?? []).map((finding) => ({
      ...finding,
      path: ['data', ...finding.path],
    })),
  ];
  const { space, training, final } = config;

  const operations = (searches && entryOf(space).operations?.(space)) || [];
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
  for (const [key, section] of [['training', training] as const, ['final', final] as const]) {
    if (section.minLearningRate <= section.learningRate) continue;
    findings.push({
      path: [key, 'minLearningRate'],
      message: `The learning rate cannot fall from ${section.learningRate} to ${section.minLearningRate}.`,
      hint: `Use at most ${section.learningRate}.`,
      instead: { value: section.learningRate / 10 },
    });
  }
  if (final.warmupEpochs > 0 && final.warmupEpochs >= final.epochs) {
    findings.push({
      path: ['final', 'warmupEpochs'],
      message: `All of the ${final.epochs} epochs would be warm-up.`,
      hint: 'Use fewer, such as a twentieth of final.epochs.',
    });
  }
  if (config.data.classWeights !== 'none' && config.data.sampling === 'balanced') {
    findings.push({
      path: ['data', 'classWeights'],
      message:
        'Class weights and balanced sampling both make up for rare classes; together they would do so twice.',
      hint: 'Leave one of data.classWeights and data.sampling out.',
    });
  }
  if (config.limits.maxLatencyMs !== undefined && config.limits.latencyTable === undefined) {
    findings.push({
      path: ['limits', 'maxLatencyMs'],
      message: 'A limit on latency needs a latency table.',
      hint: 'Add "latencyTable" with a file name, e.g. "latency.json", and make the file with: nas latency CONFIG',
    });
  }
  return findings;
}
