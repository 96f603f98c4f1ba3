/** What the page calls the splits, and the colours in which it draws them. */
import type { LookedSplit } from '../../src/protocol/dataProcess';

export const splitTitles: Readonly<Record<LookedSplit, string>> = {
  train: 'Training',
  validation: 'Validation',
  test: 'Test',
};
