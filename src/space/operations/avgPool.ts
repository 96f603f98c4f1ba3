import type { Operation } from './operation';

export const avgPool3x3: Operation = {
  name: 'avg_pool_3x3',
  // NASLib calls it so although its window is 3×3.
  aliases: ['AvgPool1x1'],
  nearNames: [
    'avgpool',
    'AvgPool2d',
    'AveragePooling2D',
    'average_pool',
    'mean_pool',
    'avg_pool_2x2',
    'avg_pool_5x5',
  ],
  description: 'Mean of each 3×3 neighbourhood, padding not counted. No weights.',
  look: { family: 'averagePool', word: 'avg', kernel: '3×3' },
  layers: ({ stride }) => [{ kind: 'avgPool', kernel: 3, stride }],
  normalizedWhileSearching: true,
};
