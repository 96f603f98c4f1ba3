/** Chains and MBConv networks as rows for lists and tables. Pure. */
import type { ChainGenotype } from '../../src/space/chain/genotype';
import type { MbconvGenotype } from '../../src/space/mbconv/genotype';
import { operationLook } from '../kit/naming';

export interface ChainItem {
  /** e.g. "conv 3×3". */
  readonly operation: string;
  readonly name: string;
  readonly channels: number;
  readonly stride: 1 | 2;
}

export function chainItems({ layers }: ChainGenotype): ChainItem[] {
  return layers.map(({ operation, channels, stride }) => ({
    operation: operationLook(operation).short,
    name: operation,
    channels,
    stride,
  }));
}

export const connectionTexts: Readonly<Record<ChainGenotype['connections'], string>> = {
  sequential: 'one after the other',
  skip: 'each with its input added to its output',
  dense: 'each reading all outputs of its size before it',
};

/** A row of the table of an MBConv network; texts, empty where there is nothing to say. */
export interface StageRow {
  readonly name: string;
  readonly blocks: string;
  readonly channels: string;
  readonly stride: string;
  readonly kernel: string;
  readonly hidden: string;
  readonly squeeze: string;
  readonly activation: string;
}

export const stageColumns: readonly {
  readonly key: keyof StageRow;
  readonly title: string;
  readonly hint?: string;
}[] = [
  { key: 'name', title: 'Stage' },
  { key: 'blocks', title: 'Blocks' },
  { key: 'channels', title: 'Channels' },
  { key: 'stride', title: 'Stride', hint: 'Of the first block' },
  { key: 'kernel', title: 'Kernel', hint: 'Of the depthwise convolutions, block by block' },
  { key: 'hidden', title: 'Inside', hint: 'Channels between the two 1×1 convolutions, block by block' },
  { key: 'squeeze', title: 'Squeeze', hint: 'Channels of squeeze-and-excitation, block by block' },
  { key: 'activation', title: 'Activation' },
];

/** Values block by block; one value when all are equal. */
function compact(values: readonly string[]): string {
  return new Set(values).size === 1 ? values[0]! : values.join(', ');
}

/** Stem, stages and head from the image to the classifier. */
export function stageRows({ stem, stages, head }: MbconvGenotype): StageRow[] {
  const none = { blocks: '', kernel: '', hidden: '', squeeze: '', stride: '' };
  const word = (activation: string): string => activation.replace('hard_', 'h-');
  const rows = stages.map(({ channels, stride, activation, blocks }, index): StageRow => ({
    name: String(index + 1),
    blocks: String(blocks.length),
    channels: String(channels),
    stride: String(stride),
    kernel: compact(blocks.map(({ kernel }) => `${kernel}×${kernel}`)),
    hidden: compact(blocks.map(({ hidden }) => String(hidden))),
    squeeze: compact(blocks.map(({ squeeze }) => (squeeze > 0 ? String(squeeze) : '–'))),
    activation: word(activation),
  }));
  const first = { ...none, kernel: '3×3', stride: String(stem.stride), channels: String(stem.channels) };
  const last = { ...none, kernel: '1×1', channels: String(head.channels) };
  const linear = head.hidden > 0 ? `${head.hidden} linear` : '';
  return [
    { ...first, name: 'Stem', activation: word(stem.activation) },
    ...rows,
    { ...last, name: 'Head', hidden: linear, activation: word(head.activation) },
  ];
}
