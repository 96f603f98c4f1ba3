import type { Operation } from './operation';

export const avgPool3x3: Operation = {
  name: 'avg_pool_3x3',
  description: 'Mean of each 3×3 neighbourhood, padding not counted. No weights.',
  layers: ({ stride }) => [{ kind: 'avgPool', kernel: 3, stride }],
  normalizedWhileSearching: true,
};
