/** An MBConv network as a table: stem, stages and head from the image to the classifier. */
import type { Drawing, DrawnColumn } from '../drawing';
import type { MbconvGenotype } from './genotype';

const columns: readonly DrawnColumn[] = [
  { title: 'Stage' },
  { title: 'Blocks' },
  { title: 'Channels' },
  { title: 'Stride', hint: 'Of the first block' },
  { title: 'Kernel', hint: 'Of the depthwise convolutions, block by block' },
  { title: 'Inside', hint: 'Channels between the two 1×1 convolutions, block by block' },
  { title: 'Squeeze', hint: 'Channels of squeeze-and-excitation, block by block' },
  { title: 'Activation' },
];

/** Values block by block; one value when all are equal. */
function compact(values: readonly string[]): string {
  return new Set(values).size === 1 ? values[0]! : values.join(', ');
}

const word = (activation: string): string => activation.replace('hard_', 'h-');

export function stageTable({ stem, stages, head }: MbconvGenotype): Drawing {
  const inner = stages.map(({ channels, stride, activation, blocks }, index) => [
    String(index + 1),
    String(blocks.length),
    String(channels),
    String(stride),
    compact(blocks.map(({ kernel }) => `${kernel}×${kernel}`)),
    compact(blocks.map(({ hidden }) => String(hidden))),
    compact(blocks.map(({ squeeze }) => (squeeze > 0 ? String(squeeze) : '–'))),
    word(activation),
  ]);
  const linear = head.hidden > 0 ? `${head.hidden} linear` : '';
  return {
    kind: 'table',
    title: 'Stages',
    columns,
    rows: [
      ['Stem', '', String(stem.channels), String(stem.stride), '3×3', '', '', word(stem.activation)],
      ...inner,
      ['Head', '', String(head.channels), '', '1×1', linear, '', word(head.activation)],
    ],
  };
}
