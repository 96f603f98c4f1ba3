/** Named sets of defaults, laid under what a person writes. */
import type { DataSetEntry } from '../data/dataSet';
import { dataSets } from '../data/registry';
import { estimators } from '../estimate/estimators';
import { strategies } from '../search/strategies';
import { spaces } from '../space/registry';
import type { ConfigInput } from './schema';
import { isRecord } from './sections';

/** A scaled-down search of minutes; the sections that are one of several kinds add what their entries say. */
const laptop: ConfigInput = {
  data: { trainImages: 3200, testImages: 2000, imageSize: 32 },
  training: { batchSize: 64, learningRate: 0.1, minLearningRate: 0.01 },
  budget: { epochs: 5, trials: 20 },
  final: {
    epochs: 4,
    cells: 3,
    channels: 8,
    batchSize: 64,
    learningRate: 0.1,
    dropPath: 0,
    cutout: 0,
    randomNetworks: 3,
  },
};

interface Entry {
  readonly name: string;
  readonly laptop?: object;
}

/** What the kind that a section is of has in the preset `laptop`: its `type`, and keys that this kind knows. */
function laptopSection(entries: readonly Entry[], section: unknown): object {
  const type = isRecord(section) ? (section['type'] ?? entries[0]!.name) : entries[0]!.name;
  const entry = entries.find(({ name }) => name === type);
  return entry ? { type: entry.name, ...entry.laptop } : {};
}

/** What a data set has in the preset `laptop` beside what all of them have. */
function laptopData(section: unknown): object {
  const set = isRecord(section) ? (section['set'] ?? dataSets[0].name) : dataSets[0].name;
  const entries: readonly DataSetEntry[] = dataSets;
  return entries.find(({ name }) => name === set)?.laptop ?? {};
}

/**
 * The defaults that a config's preset has beside those of the schema, which are the paper's: `reference` has none.
 * @param written the config as it is in its file, right or wrong
 */
export function presetFor(written: unknown): ConfigInput {
  if (!isRecord(written) || written['preset'] !== 'laptop') return {};
  return {
    ...laptop,
    data: { ...laptop.data, ...laptopData(written['data']) },
    space: laptopSection(spaces, written['space']),
    strategy: laptopSection(strategies, written['strategy']),
    estimator: laptopSection(estimators, written['estimator']),
  };
}

/**
 * `upper` laid over `lower`: objects key by key, anything else replaced. Objects whose `type` differs are of different kinds
 * and have no keys to share: there, too, the upper one replaces the other.
 */
export function layOver(lower: unknown, upper: unknown): unknown {
  if (!isRecord(lower) || !isRecord(upper)) return upper === undefined ? lower : upper;
  if (upper['type'] !== undefined && upper['type'] !== lower['type']) return upper;
  const result: Record<string, unknown> = { ...lower };
  for (const [key, value] of Object.entries(upper)) result[key] = layOver(lower[key], value);
  return result;
}
