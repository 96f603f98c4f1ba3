import { factorizedReduce } from '../layers';
import type { Operation } from './operation';

/** Identity at stride 1; a factorized reduction where the size halves. */
export const skipConnect: Operation = {
  name: 'skip_connect',
  aliases: ['identity', 'Identity'],
  nearNames: ['skip', 'skip_connection', 'id', 'shortcut', 'FactorizedReduce'],
  description:
    'Identity. Where the image size halves, a factorized reduction (two shifted 1×1 convolutions).',
  look: { family: 'skip', word: 'skip' },
  layers: ({ stride, channels, affine }) =>
    stride === 1 ? [{ kind: 'identity' }] : factorizedReduce(channels, affine),
};
