/** Named sets of defaults, laid under what a person writes. */
import type { ConfigInput } from './schema';

/** Everything of the preset's own; `reference` needs nothing, since the schema's defaults are the paper's. */
export const presets: Readonly<Record<'reference' | 'laptop', ConfigInput>> = {
  reference: {},
  laptop: {
    space: { nodes: 2, cells: 3, channels: 8, stemMultiplier: 1 },
    strategy: { warmupEpochs: 2, learningRate: 0.02 },
    data: { trainImages: 3200, testImages: 2000, imageSize: 14 },
    training: { batchSize: 64, learningRate: 0.1, minLearningRate: 0.01 },
    budget: { epochs: 5 },
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
  },
};

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `upper` laid over `lower`: objects key by key, anything else replaced. */
export function layOver(lower: unknown, upper: unknown): unknown {
  if (!isObject(lower) || !isObject(upper)) return upper === undefined ? lower : upper;
  const result: Record<string, unknown> = { ...lower };
  for (const [key, value] of Object.entries(upper)) result[key] = layOver(lower[key], value);
  return result;
}
