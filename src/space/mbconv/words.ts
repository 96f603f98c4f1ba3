/** What generated code says at its top of a network of inverted residual blocks. */
import type { NetworkWords } from '../entry';
import type { MbconvGenotype } from './genotype';

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

export function mbconvWords({ stem, stages, head }: MbconvGenotype): NetworkWords {
  const blocks = counted(stages.flatMap((stage) => stage.blocks).length, 'inverted residual block');
  const hidden = head.hidden > 0 ? `, and a linear layer of ${head.hidden} before the classifier` : '';
  return {
    body: [
      `A convolution to ${stem.channels} channels, ${blocks} in ${counted(stages.length, 'stage')}, ` +
        `a 1×1 convolution to ${head.channels} channels${hidden}.`,
    ],
  };
}
