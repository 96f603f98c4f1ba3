/** Published networks of inverted residual blocks as genotypes. */
import type { MbconvGenotype } from './genotype';
import type { Activation, Stride } from '../layers';
import { hiddenChannels, squeezeChannels } from './channels';

type Stage = MbconvGenotype['stages'][number];
/** Kernel, expansion, whether there is squeeze-and-excitation. */
type BlockRow = readonly [kernel: 3 | 5 | 7, expansion: number, squeeze: boolean];

interface StageRow {
  readonly channels: number;
  readonly stride: Stride;
  readonly activation: Activation;
  readonly blocks: readonly BlockRow[];
}

function stagesOf(stem: number, gate: MbconvGenotype['gate'], rows: readonly StageRow[]): Stage[] {
  let input = stem;
  return rows.map(({ blocks, ...stage }) => ({
    ...stage,
    blocks: blocks.map(([kernel, expansion, squeezes]) => {
      const hidden = hiddenChannels(input, expansion);
      const squeeze = squeezes ? squeezeChannels(gate, input, hidden) : 0;
      input = stage.channels;
      return { kernel, hidden, squeeze };
    }),
  }));
}

/** A stage of equal blocks of EfficientNet. */
function efficient(
  kernel: 3 | 5,
  expansion: number,
  channels: number,
  depth: number,
  stride: Stride,
): StageRow {
  const blocks = Array.from({ length: depth }, (): BlockRow => [kernel, expansion, true]);
  return { channels, stride, activation: 'swish', blocks };
}

/** EfficientNet-B0 (Tan & Le, 2019, table 1): 5,288,548 parameters with 1000 classes. */
export const efficientNetB0: MbconvGenotype = {
  space: 'mbconv',
  stem: { channels: 32, stride: 2, activation: 'swish' },
  stages: stagesOf(32, 'sigmoid', [
    efficient(3, 1, 16, 1, 1),
    efficient(3, 6, 24, 2, 2),
    efficient(5, 6, 40, 2, 2),
    efficient(3, 6, 80, 3, 2),
    efficient(5, 6, 112, 3, 1),
    efficient(5, 6, 192, 4, 2),
    efficient(3, 6, 320, 1, 1),
  ]),
  gate: 'sigmoid',
  head: { channels: 1280, activation: 'swish', hidden: 0 },
};

/** MobileNetV3-Large (Howard et al., 2019, table 1): 5,483,032 parameters with 1000 classes. */
export const mobileNetV3Large: MbconvGenotype = {
  space: 'mbconv',
  stem: { channels: 16, stride: 2, activation: 'hard_swish' },
  stages: stagesOf(16, 'hard_sigmoid', [
    { channels: 16, stride: 1, activation: 'relu', blocks: [[3, 1, false]] },
    {
      channels: 24,
      stride: 2,
      activation: 'relu',
      blocks: [
        [3, 4, false],
        [3, 3, false],
      ],
    },
    {
      channels: 40,
      stride: 2,
      activation: 'relu',
      blocks: [
        [5, 3, true],
        [5, 3, true],
        [5, 3, true],
      ],
    },
    {
      channels: 80,
      stride: 2,
      activation: 'hard_swish',
      blocks: [
        [3, 6, false],
        [3, 2.5, false],
        [3, 2.3, false],
        [3, 2.3, false],
      ],
    },
    {
      channels: 112,
      stride: 1,
      activation: 'hard_swish',
      blocks: [
        [3, 6, true],
        [3, 6, true],
      ],
    },
    {
      channels: 160,
      stride: 2,
      activation: 'hard_swish',
      blocks: [
        [5, 6, true],
        [5, 6, true],
        [5, 6, true],
      ],
    },
  ]),
  gate: 'hard_sigmoid',
  head: { channels: 960, activation: 'hard_swish', hidden: 1280 },
};
