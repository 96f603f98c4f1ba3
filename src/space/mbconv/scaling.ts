/** Depth and width of a network of inverted residual blocks, for compound scaling (Tan & Le, 2019, section 3.3). */
import { roundChannels, squeezeChannels } from './channels';
import type { MbconvGenotype } from './genotype';

type Stage = MbconvGenotype['stages'][number];
type Block = Stage['blocks'][number];

/** A block at another place: the same kernel, expansion and kind of gate. */
function movedBlock(
  { kernel, hidden, squeeze }: Block,
  from: number,
  to: number,
  gate: MbconvGenotype['gate'],
): Block {
  if (from === to) return { kernel, hidden, squeeze };
  const moved = hidden === from ? to : roundChannels((to * hidden) / from);
  return { kernel, hidden: moved, squeeze: squeeze > 0 ? squeezeChannels(gate, to, moved) : 0 };
}

/**
 * The network with other numbers of blocks and channels: ⌈depth·blocks⌉ in each stage, the last block repeated, and
 * channels rounded to multiples of 8.
 */
export function scaleGenotype(
  genotype: MbconvGenotype,
  { depth, width }: { readonly depth: number; readonly width: number },
): MbconvGenotype {
  const { stem, stages, gate, head } = genotype;
  const scaled = (channels: number): number => (width === 1 ? channels : roundChannels(channels * width));
  const widths = [stem.channels, ...stages.map(({ channels }) => channels)];
  return {
    ...genotype,
    stem: { ...stem, channels: scaled(stem.channels) },
    stages: stages.map((stage, index): Stage => {
      /** Channels that a block of this stage reads. */
      const input = (block: number): number => widths[block === 0 ? index : index + 1]!;
      const count = Math.ceil(depth * stage.blocks.length);
      const blocks = Array.from({ length: count }, (_, i) => {
        const like = Math.min(i, stage.blocks.length - 1);
        return movedBlock(stage.blocks[like]!, input(like), scaled(input(i)), gate);
      });
      return { ...stage, channels: scaled(stage.channels), blocks };
    }),
    head: { ...head, channels: scaled(head.channels), hidden: head.hidden > 0 ? scaled(head.hidden) : 0 },
  };
}
