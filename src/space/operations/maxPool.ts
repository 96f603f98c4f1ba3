import type { Operation } from './operation';

export const maxPool3x3: Operation = {
  name: 'max_pool_3x3',
  description: 'Largest value of each 3×3 neighbourhood. No weights.',
  layers: ({ stride }) => [{ kind: 'maxPool', kernel: 3, stride }],
  normalizedWhileSearching: true,
};
