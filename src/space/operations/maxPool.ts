import type { Operation } from './operation';

export const maxPool3x3: Operation = {
  name: 'max_pool_3x3',
  nearNames: ['maxpool', 'MaxPool2d', 'MaxPooling2D', 'max_pool_2x2', 'max_pool_5x5', 'max_pool_7x7'],
  description: 'Largest value of each 3×3 neighbourhood. No weights.',
  look: { family: 'maxPool', word: 'max', kernel: '3×3' },
  layers: ({ stride }) => [{ kind: 'maxPool', kernel: 3, stride }],
  normalizedWhileSearching: true,
};
