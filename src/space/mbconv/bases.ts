/** Stages that a space of inverted residual blocks starts from, so that a config need not list them. */
import type { MbconvGenotype } from './genotype';
import type { Activation, Stride } from '../layers';

/** What one stage can be. */
export interface StageOptions {
  readonly channels: number;
  /** Of the first block. */
  readonly stride: Stride;
  readonly activation: Activation;
  /** Numbers of blocks. */
  readonly depths: readonly number[];
  /** Where the stage has choices of its own. */
  readonly kernels?: readonly (3 | 5 | 7)[];
  readonly expansions?: readonly number[];
  readonly squeezeExcite?: readonly boolean[];
}

/** All but the stages is the same for every architecture, except for the width. */
export interface Base extends Pick<MbconvGenotype, 'stem' | 'gate' | 'head'> {
  readonly stages: readonly StageOptions[];
}

function stage(
  channels: number,
  stride: Stride,
  activation: Activation,
  depths: readonly number[],
  own: Partial<StageOptions> = {},
): StageOptions {
  return { channels, stride, activation, depths, ...own };
}

/** The first stage does not widen. */
const narrow = { expansions: [1] };

export const bases = {
  /** Ends at 7 × 7 for images of 28 × 28. */
  small: {
    stem: { channels: 16, stride: 1, activation: 'hard_swish' },
    stages: [
      stage(16, 1, 'relu', [1], narrow),
      stage(24, 2, 'relu', [1, 2]),
      stage(40, 2, 'hard_swish', [1, 2, 3]),
      stage(64, 1, 'hard_swish', [1, 2]),
    ],
    gate: 'hard_sigmoid',
    head: { channels: 256, activation: 'hard_swish', hidden: 0 },
  },
  'mobilenet-v3-large': {
    stem: { channels: 16, stride: 2, activation: 'hard_swish' },
    stages: [
      stage(16, 1, 'relu', [1], narrow),
      stage(24, 2, 'relu', [1, 2, 3]),
      stage(40, 2, 'relu', [2, 3, 4]),
      // The published network has blocks of 200 and 184 hidden channels here.
      stage(80, 2, 'hard_swish', [3, 4, 5], { expansions: [2.3, 2.5, 3, 4, 6] }),
      stage(112, 1, 'hard_swish', [1, 2, 3]),
      stage(160, 2, 'hard_swish', [2, 3, 4]),
    ],
    gate: 'hard_sigmoid',
    head: { channels: 960, activation: 'hard_swish', hidden: 1280 },
  },
  'efficientnet-b0': {
    stem: { channels: 32, stride: 2, activation: 'swish' },
    stages: [
      stage(16, 1, 'swish', [1], narrow),
      stage(24, 2, 'swish', [1, 2, 3]),
      stage(40, 2, 'swish', [1, 2, 3]),
      stage(80, 2, 'swish', [2, 3, 4]),
      stage(112, 1, 'swish', [2, 3, 4]),
      stage(192, 2, 'swish', [3, 4, 5]),
      stage(320, 1, 'swish', [1]),
    ],
    gate: 'sigmoid',
    head: { channels: 1280, activation: 'swish', hidden: 0 },
  },
} satisfies Readonly<Record<string, Base>>;

export type BaseName = keyof typeof bases;

export interface MbconvOptions extends Partial<Base> {
  readonly base: BaseName;
  readonly kernels: readonly (3 | 5 | 7)[];
  readonly expansions: readonly number[];
  readonly squeezeExcite: readonly boolean[];
  /** Factors of all channels. */
  readonly widths: readonly number[];
}

/** A base in which every stage has all its choices. */
export interface CompleteBase extends Base {
  readonly stages: readonly Required<StageOptions>[];
}

/** What a config says over what its base says. */
export function completeBase(options: MbconvOptions): CompleteBase {
  const base: Base = bases[options.base];
  const { kernels, expansions, squeezeExcite } = options;
  return {
    stem: options.stem ?? base.stem,
    gate: options.gate ?? base.gate,
    head: options.head ?? base.head,
    stages: (options.stages ?? base.stages).map((each) => ({
      ...each,
      kernels: each.kernels ?? kernels,
      expansions: each.expansions ?? expansions,
      squeezeExcite: each.squeezeExcite ?? squeezeExcite,
    })),
  };
}
