/** One width of a space of inverted residual blocks: the channels of all stages, and what a block can be there. */
import type { MbconvGenotype } from './genotype';
import type { CompleteBase } from './bases';
import { hiddenChannels, roundChannels, squeezeChannels } from './channels';

/** Indices into the options of a block. */
export interface BlockChoice {
  readonly kernel: number;
  readonly hidden: number;
  readonly squeeze: number;
}

export const blockParts = ['kernel', 'hidden', 'squeeze'] as const;
export type BlockPart = (typeof blockParts)[number];

type Block = MbconvGenotype['stages'][number]['blocks'][number];

/** What one block can be. */
export interface BlockOptions {
  readonly kernels: readonly (3 | 5 | 7)[];
  /** Hidden channels; expansions that round to the same count once. */
  readonly hidden: readonly number[];
  readonly squeeze: readonly boolean[];
}

export class Variant {
  readonly stem: MbconvGenotype['stem'];
  readonly head: MbconvGenotype['head'];
  /** Of the stages. */
  readonly channels: readonly number[];
  private readonly inner: readonly (readonly [first: BlockOptions, later: BlockOptions])[];

  constructor(
    private readonly base: CompleteBase,
    readonly width: number,
  ) {
    const scaled = (channels: number): number => (width === 1 ? channels : roundChannels(channels * width));
    this.stem = { ...base.stem, channels: scaled(base.stem.channels) };
    this.head = { ...base.head, channels: scaled(base.head.channels) };
    this.channels = base.stages.map(({ channels }) => scaled(channels));
    this.inner = base.stages.map((_, stage) => [
      this.makeOptions(stage, this.inputOf(stage, 0)),
      this.makeOptions(stage, this.inputOf(stage, 1)),
    ]);
  }

  /** Two widths of one signature are one. */
  get signature(): string {
    return JSON.stringify([this.stem.channels, this.channels, this.head.channels]);
  }

  blockOptions(stage: number, index: number): BlockOptions {
    return this.inner[stage]![Math.min(index, 1)]!;
  }

  /** Numbers of stages with each of the stage's depths. */
  depthCounts(stage: number): bigint[] {
    const [first, later] = this.inner[stage]!.map(({ kernels, hidden, squeeze }) =>
      BigInt(kernels.length * hidden.length * squeeze.length),
    ) as [bigint, bigint];
    return this.base.stages[stage]!.depths.map((depth) => first * later ** BigInt(depth - 1));
  }

  /** Number of architectures of this width. */
  get size(): bigint {
    return this.base.stages.reduce(
      (product, _, stage) => product * this.depthCounts(stage).reduce((sum, count) => sum + count, 0n),
      1n,
    );
  }

  genotype(stages: readonly (readonly BlockChoice[])[]): MbconvGenotype {
    return {
      space: 'mbconv',
      stem: this.stem,
      stages: stages.map((blocks, stage) => {
        const { stride, activation } = this.base.stages[stage]!;
        return {
          channels: this.channels[stage]!,
          stride,
          activation,
          blocks: blocks.map((block, index) => this.block(stage, index, block)),
        };
      }),
      gate: this.base.gate,
      head: this.head,
    };
  }

  /** @throws RangeError for a block that cannot stand here */
  blockChoice(stage: number, index: number, block: Block): BlockChoice {
    const { kernels, hidden, squeeze } = this.blockOptions(stage, index);
    const choice = {
      kernel: kernels.indexOf(block.kernel),
      hidden: hidden.indexOf(block.hidden),
      squeeze: squeeze.indexOf(block.squeeze > 0),
    };
    const isComplete = blockParts.every((part) => choice[part] >= 0);
    if (isComplete && this.block(stage, index, choice).squeeze === block.squeeze) return choice;
    throw new RangeError(`Block ${index} of stage ${stage} is none of this space.`);
  }

  private block(stage: number, index: number, choice: BlockChoice): Block {
    const { kernels, hidden, squeeze } = this.blockOptions(stage, index);
    const inside = hidden[choice.hidden]!;
    return {
      kernel: kernels[choice.kernel]!,
      hidden: inside,
      squeeze: squeeze[choice.squeeze]!
        ? squeezeChannels(this.base.gate, this.inputOf(stage, index), inside)
        : 0,
    };
  }

  /** Channels that a block reads. */
  private inputOf(stage: number, index: number): number {
    if (index > 0) return this.channels[stage]!;
    return stage > 0 ? this.channels[stage - 1]! : this.stem.channels;
  }

  private makeOptions(stage: number, input: number): BlockOptions {
    const { kernels, expansions, squeezeExcite } = this.base.stages[stage]!;
    const hidden = [...new Set(expansions.map((expansion) => hiddenChannels(input, expansion)))];
    return { kernels, hidden, squeeze: squeezeExcite };
  }
}
