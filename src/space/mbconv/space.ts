/** The space of MobileNetV3 and EfficientNet: stages of inverted residual blocks, each block with choices of its own. */
import type { Random } from '../../random';
import { decisionsOf, drawByCount, either, oneHotOf, otherIndex } from '../choices';
import type { NetworkFrame } from '../frame';
import type { MbconvGenotype } from './genotype';
import { requireInside, requireOwn, type Decision, type MutationOf, type SearchSpaceOf } from '../contract';
import { completeBase, type CompleteBase, type MbconvOptions } from './bases';
import { planMbconv } from './plan';
import { blockParts, Variant, type BlockChoice, type BlockPart } from './variant';

/** An architecture in numbers: what mutations and crossover work on. */
interface Choice {
  readonly variant: number;
  readonly stages: readonly (readonly BlockChoice[])[];
}

const blockPattern = /^([357])x(\d+)(?:s(\d+))?$/;

function replaced<T>(list: readonly T[], at: number, value: T): T[] {
  return list.map((each, i) => (i === at ? value : each));
}

/** The same text for plain data of the same values, in whatever order its keys are. */
function sortedText(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

export class MbconvSearchSpace implements SearchSpaceOf<MbconvGenotype> {
  readonly type = 'mbconv';
  readonly size: bigint;
  readonly mutations: readonly MutationOf<MbconvGenotype>[];
  private readonly base: CompleteBase;
  private readonly variants: readonly Variant[];

  constructor(options: MbconvOptions) {
    const complete = completeBase(options);
    const stages = complete.stages.map((each) => ({
      ...each,
      depths: [...each.depths].sort((a, b) => a - b),
    }));
    this.base = { ...complete, stages };
    const all = options.widths.map((width) => new Variant(this.base, width));
    const signatures = all.map(({ signature }) => signature);
    this.variants = all.filter(({ signature }, i) => signatures.indexOf(signature) === i);
    this.size = this.variants.reduce((sum, { size }) => sum + size, 0n);
    this.mutations = [
      { name: 'operation', apply: this.mutation((own, random) => this.changeBlock(own, random)) },
      { name: 'channels', apply: this.mutation((own, random) => this.changeWidth(own, random)) },
      { name: 'addLayer', apply: this.mutation((own, random) => this.changeDepth(own, 1, random)) },
      { name: 'removeLayer', apply: this.mutation((own, random) => this.changeDepth(own, -1, random)) },
    ];
  }

  sample(random: Random): MbconvGenotype {
    const variant = drawByCount(
      this.variants.map(({ size }) => size),
      random,
    );
    const stages = this.base.stages.map(({ depths }, stage) => {
      const depth = depths[drawByCount(this.variants[variant]!.depthCounts(stage), random)]!;
      return Array.from({ length: depth }, (_, i) => this.drawBlock(variant, stage, i, random));
    });
    return this.build({ variant, stages });
  }

  /** Width, and per stage its blocks as kernel × hidden channels and squeezed ones, e.g. `1: 3x16; 3x64 5x72s24`. */
  encode(genotype: MbconvGenotype): string {
    const own = this.own(genotype);
    const { variant } = this.choiceOf(own);
    const stages = own.stages.map(({ blocks }) =>
      blocks
        .map(({ kernel, hidden, squeeze }) => `${kernel}x${hidden}${squeeze > 0 ? `s${squeeze}` : ''}`)
        .join(' '),
    );
    return `${this.variants[variant]!.width}: ${stages.join('; ')}`;
  }

  decode(text: string): MbconvGenotype {
    const [width, list] = text.split(': ');
    const stages = list?.split('; ').map((line) => line.split(' ').map((word) => blockPattern.exec(word)));
    if (!stages || stages.flat().includes(null)) {
      throw new RangeError(`${JSON.stringify(text)} is no network of MBConv blocks.`);
    }
    return requireInside(() => {
      const variant = this.variants.findIndex((each) => String(each.width) === width);
      if (variant < 0 || stages.length !== this.base.stages.length) {
        throw new RangeError(`${JSON.stringify(text)} is none of this space.`);
      }
      const choice = {
        variant,
        stages: stages.map((blocks, stage) => {
          this.checkDepth(stage, blocks.length);
          return blocks.map((match, index) => {
            const [, kernel, hidden, squeeze = 0] = match!;
            const block = { kernel: Number(kernel) as 3, hidden: Number(hidden), squeeze: Number(squeeze) };
            return this.variants[variant]!.blockChoice(stage, index, block);
          });
        }),
      };
      return this.build(choice);
    });
  }

  /** No two architectures compute the same. */
  canonical(genotype: MbconvGenotype): string {
    return this.encode(genotype);
  }

  /** One-hot: width, and by stage its depth and the choices of each block; zeros for blocks that are not there. */
  features(genotype: MbconvGenotype): number[] {
    const { variant, stages } = this.choiceOf(this.own(genotype));
    const ofStages = this.base.stages.flatMap(({ depths, kernels, expansions, squeezeExcite }, stage) => {
      const blocks = stages[stage]!;
      const ofBlocks = Array.from({ length: depths.at(-1)! }, (_, i) => [
        ...oneHotOf(kernels.length, blocks[i]?.kernel),
        ...oneHotOf(expansions.length, blocks[i]?.hidden),
        ...oneHotOf(squeezeExcite.length, blocks[i]?.squeeze),
      ]);
      return [...oneHotOf(depths.length, depths.indexOf(blocks.length)), ...ofBlocks.flat()];
    });
    return [...oneHotOf(this.variants.length, variant), ...ofStages];
  }

  /** Width; then stage by stage the number of blocks, and of each block the kernel, the hidden channels, the gate. */
  decide(choices: readonly number[]): Decision | undefined {
    if (choices.length === 0) {
      return { key: 'width', kind: 'channels', options: this.variants.map(({ width }) => String(width)) };
    }
    let at = 1;
    for (const [stage, { depths }] of this.base.stages.entries()) {
      if (choices.length === at) {
        return { key: `stage.${stage}.depth`, kind: 'layers', options: depths.map(String) };
      }
      const depth = depths[choices[at]!] ?? 0;
      const within = choices.length - at - 1;
      if (within < 3 * depth) {
        const block = Math.floor(within / 3);
        return this.blockDecision(choices[0]!, stage, block, blockParts[within % 3]!);
      }
      at += 1 + 3 * depth;
    }
    return undefined;
  }

  fromChoices(choices: readonly number[]): MbconvGenotype {
    decisionsOf((before) => this.decide(before), choices);
    let at = 1;
    const stages = this.base.stages.map(({ depths }) =>
      Array.from({ length: depths[choices[at++]!]! }, (): BlockChoice => {
        const [kernel, hidden, squeeze] = choices.slice(at, (at += 3)) as [number, number, number];
        return { kernel, hidden, squeeze };
      }),
    );
    return this.build({ variant: choices[0]!, stages });
  }

  toChoices(genotype: MbconvGenotype): number[] {
    const { variant, stages } = this.choiceOf(this.own(genotype));
    const ofStages = stages.flatMap((blocks, stage) => [
      this.base.stages[stage]!.depths.indexOf(blocks.length),
      ...blocks.flatMap((block) => blockParts.map((part) => block[part])),
    ]);
    return [variant, ...ofStages];
  }

  /** The width of one parent, each stage whole from one of them. */
  crossover(a: MbconvGenotype, b: MbconvGenotype, random: Random): MbconvGenotype {
    const [first, second] = [this.choiceOf(this.own(a)), this.choiceOf(this.own(b))];
    const { variant } = either(first, second, random);
    const stages = first.stages.map((blocks, stage) => either(blocks, second.stages[stage]!, random));
    return this.build(this.fitted({ variant, stages }));
  }

  proxy(genotype: MbconvGenotype, frame: NetworkFrame) {
    return planMbconv(this.own(genotype), frame);
  }

  proxyNetwork(frame: NetworkFrame): NetworkFrame {
    return frame;
  }

  private blockDecision(variant: number, stage: number, block: number, part: BlockPart): Decision {
    const key = `stage.${stage}.block.${block}.${part}`;
    const { kernels, hidden, squeeze } = this.variants[variant]!.blockOptions(stage, block);
    switch (part) {
      case 'kernel':
        return { key, kind: 'operation', options: kernels.map(String) };
      case 'hidden':
        return { key, kind: 'expansion', options: hidden.map(String) };
      case 'squeeze':
        return { key, kind: 'squeezeExcite', options: squeeze.map(String) };
    }
  }

  private counts(variant: number, stage: number, block: number): Record<BlockPart, number> {
    const { kernels, hidden, squeeze } = this.variants[variant]!.blockOptions(stage, block);
    return { kernel: kernels.length, hidden: hidden.length, squeeze: squeeze.length };
  }

  private drawBlock(variant: number, stage: number, block: number, random: Random): BlockChoice {
    const counts = this.counts(variant, stage, block);
    const kernel = random.integer(counts.kernel);
    const hidden = random.integer(counts.hidden);
    return { kernel, hidden, squeeze: random.integer(counts.squeeze) };
  }

  private build({ variant, stages }: Choice): MbconvGenotype {
    return this.variants[variant]!.genotype(stages);
  }

  private checkDepth(stage: number, depth: number): void {
    if (this.base.stages[stage]!.depths.includes(depth)) return;
    throw new RangeError(`Stage ${stage} of this space cannot have ${depth} blocks.`);
  }

  /** @throws RangeError for what is no architecture of this space */
  private choiceOf(own: MbconvGenotype): Choice {
    for (const [variant, each] of this.variants.entries()) {
      // The frame of a genotype: all but its blocks.
      const empty = each.genotype(this.base.stages.map(() => []));
      const frame = { ...own, stages: own.stages.map((stage) => ({ ...stage, blocks: [] })) };
      if (sortedText(frame) !== sortedText(empty)) continue;
      const stages = own.stages.map(({ blocks }, stage) => {
        this.checkDepth(stage, blocks.length);
        return blocks.map((block, index) => each.blockChoice(stage, index, block));
      });
      return { variant, stages };
    }
    throw new RangeError('Stem, head, or the channels and strides of the stages are none of this space.');
  }

  private mutation(
    change: (own: Choice, random: Random) => Choice | undefined,
  ): MutationOf<MbconvGenotype>['apply'] {
    return (genotype, random) => {
      const changed = change(this.choiceOf(this.own(genotype)), random);
      return changed && this.build(changed);
    };
  }

  /** Another kernel, hidden width or gate for one block. */
  private changeBlock({ variant, stages }: Choice, random: Random): Choice | undefined {
    const open = stages.flatMap((blocks, stage) =>
      blocks.flatMap((_, block) => {
        const counts = this.counts(variant, stage, block);
        return blockParts.flatMap((part) =>
          counts[part] > 1 ? [{ stage, block, part, count: counts[part] }] : [],
        );
      }),
    );
    if (open.length === 0) return undefined;
    const { stage, block, part, count } = open[random.integer(open.length)]!;
    const before = stages[stage]![block]!;
    const after = { ...before, [part]: otherIndex(before[part], count, random) };
    return { variant, stages: replaced(stages, stage, replaced(stages[stage]!, block, after)) };
  }

  private changeWidth({ variant, stages }: Choice, random: Random): Choice | undefined {
    const count = this.variants.length;
    if (count < 2) return undefined;
    return this.fitted({ variant: otherIndex(variant, count, random), stages });
  }

  /** To the next depth of one stage in a direction. The first block, which changes the shape, stays. */
  private changeDepth({ variant, stages }: Choice, direction: 1 | -1, random: Random): Choice | undefined {
    const open = stages.flatMap((blocks, stage) => {
      const { depths } = this.base.stages[stage]!;
      const depth = depths[depths.indexOf(blocks.length) + direction];
      return depth === undefined ? [] : [{ stage, depth }];
    });
    if (open.length === 0) return undefined;
    const { stage, depth } = open[random.integer(open.length)]!;
    const blocks = [...stages[stage]!];
    while (blocks.length < depth) {
      blocks.splice(1 + random.integer(blocks.length), 0, this.drawBlock(variant, stage, 1, random));
    }
    while (blocks.length > depth) blocks.splice(1 + random.integer(blocks.length - 1), 1);
    return { variant, stages: replaced(stages, stage, blocks) };
  }

  /** Where another width has fewer hidden widths to choose from, the last of them. */
  private fitted({ variant, stages }: Choice): Choice {
    const fit = (stage: number, index: number, block: BlockChoice): BlockChoice => ({
      ...block,
      hidden: Math.min(block.hidden, this.counts(variant, stage, index).hidden - 1),
    });
    return {
      variant,
      stages: stages.map((blocks, stage) => blocks.map((block, index) => fit(stage, index, block))),
    };
  }

  private own(genotype: MbconvGenotype): MbconvGenotype {
    return requireOwn(genotype, this.type);
  }
}
