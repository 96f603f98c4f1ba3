import type { Operation } from './operation';

/** Cuts the edge: zeros. Takes part in the softmax but is never chosen by discretization (DARTS, section 2.4). */
export const none: Operation = {
  name: 'none',
  aliases: ['zero', 'Zero', 'zeroize', 'Zeroize'],
  nearNames: ['null', 'zeros', 'no_connection', 'disconnect'],
  description:
    'No connection: outputs zeros. It weakens an edge during the search and is never part of a found cell.',
  look: { family: 'nothing', word: 'none' },
  layers: ({ stride }) => [{ kind: 'zero', stride }],
};
