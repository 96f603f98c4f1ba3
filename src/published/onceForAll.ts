/**
 * Settings of a sub-network of once-for-all's MobileNetV3 space (Cai et al., 2020): kernel sizes `ks` and expansions `e` of 5 × 4
 * blocks, of which the first `d` of each stage are there. `r` is the side of the images, `w` the width multiplier. What is around
 * the stages is fixed (`OFAMobileNetV3` of its package): the network is MobileNetV3-Large but for those.
 */
import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../errors';
import { hiddenChannels, roundChannels, squeezeChannels } from '../space/mbconv/channels';
import type { MbconvGenotype } from '../space/mbconv/genotype';
import type { PublishedForm } from './form';
import { PythonError, pythonDictionaries, type PythonValue } from './pythonText';

type Stage = MbconvGenotype['stages'][number];

const slots = 4;
/** Of images, in pixels. */
const usualSide = 224;
const gate = 'hard_sigmoid';
const widths = { stem: 16, first: 16, head: 960, hidden: 1280 };
const stages: readonly (Pick<Stage, 'channels' | 'stride' | 'activation'> & {
  readonly squeezes: boolean;
})[] = [
  { channels: 24, stride: 2, activation: 'relu', squeezes: false },
  { channels: 40, stride: 2, activation: 'relu', squeezes: true },
  { channels: 80, stride: 2, activation: 'hard_swish', squeezes: false },
  { channels: 112, stride: 1, activation: 'hard_swish', squeezes: true },
  { channels: 160, stride: 2, activation: 'hard_swish', squeezes: true },
];

interface Settings {
  readonly ks: readonly number[];
  readonly e: readonly number[];
  readonly d: readonly number[];
  readonly w: number;
}

const count = stages.length * slots;

/** A list of numbers of the settings. @throws UserError that names the key */
function numbers(value: PythonValue | undefined, key: string, length: number, allowed: readonly number[]) {
  const list: readonly PythonValue[] = Array.isArray(value)
    ? value
    : Array.from({ length }, () => value ?? null);
  const wrong = list.findIndex((each) => !allowed.includes(Number(each)) || each === null);
  if (list.length === length && wrong === -1) return list.map(Number);
  const problem =
    list.length === length
      ? `${JSON.stringify(list[wrong])} at place ${wrong + 1}`
      : `${list.length} of ${length} numbers`;
  throw new UserError(
    `"${key}" of the once-for-all settings has ${problem}.`,
    `It is a list of ${length} numbers, each of them ${allowed.join(' or ')}.`,
  );
}

/** A number that some write as a list of one. */
function single(value: PythonValue | undefined, other: number): number {
  const [first] = Array.isArray(value) ? (value as readonly PythonValue[]) : [value];
  return typeof first === 'number' ? first : other;
}

function genotypeOf({ ks, e, d, w }: Settings): MbconvGenotype {
  const wide = (channels: number) => roundChannels(channels * w);
  const [stem, first] = [wide(widths.stem), wide(widths.first)];
  let input = first;
  const searched = stages.map(({ channels, stride, activation, squeezes }, s): Stage => {
    const blocks = Array.from({ length: d[s]! }, (_, b) => {
      const hidden = hiddenChannels(input, e[s * slots + b]!);
      input = wide(channels);
      const squeeze = squeezes ? squeezeChannels(gate, input, hidden) : 0;
      return { kernel: ks[s * slots + b] as 3 | 5 | 7, hidden, squeeze };
    });
    return { channels: wide(channels), stride, activation, blocks };
  });
  const opening: Stage = {
    ...{ channels: first, stride: 1, activation: 'relu' },
    blocks: [{ kernel: 3, hidden: stem, squeeze: 0 }],
  };
  return {
    space: 'mbconv',
    stem: { channels: stem, stride: 2, activation: 'hard_swish' },
    stages: [opening, ...searched],
    gate,
    head: { channels: wide(widths.head), activation: 'hard_swish', hidden: wide(widths.hidden) },
  };
}

/** Settings that give a genotype, the blocks that are not there with the smallest choice; undefined where none do. */
function settingsOf(genotype: MbconvGenotype): Settings | undefined {
  const searched = genotype.stages.slice(1);
  if (searched.length !== stages.length) return undefined;
  for (const w of [1, 1.2]) {
    const filled = (of: (stage: Stage, b: number, input: number) => number | undefined, least: number) => {
      let input = genotype.stages[0]!.channels;
      return searched.flatMap((stage) =>
        Array.from({ length: slots }, (_, b) => {
          const value = of(stage, b, input) ?? least;
          if (b < stage.blocks.length) input = stage.channels;
          return value;
        }),
      );
    };
    const settings = {
      ks: filled(({ blocks }, b) => blocks[b]?.kernel, 3),
      e: filled(({ blocks }, b, input) => {
        const hidden = blocks[b]?.hidden;
        return hidden === undefined
          ? undefined
          : [3, 4, 6].find((each) => hiddenChannels(input, each) === hidden);
      }, 3),
      d: searched.map(({ blocks }) => blocks.length),
      w,
    };
    if (settings.d.every((depth) => depth <= slots) && isDeepStrictEqual(genotypeOf(settings), genotype))
      return settings;
  }
  return undefined;
}

export const onceForAll: PublishedForm = {
  title: '{"ks": […], "e": […], "d": […]} of once-for-all',
  read(text) {
    if (!/["']ks["']/.test(text)) return [];
    let found;
    try {
      found = pythonDictionaries(text).filter((settings) => settings.has('ks'));
    } catch (error) {
      if (!(error instanceof PythonError)) throw error;
      throw new UserError(
        `The settings cannot be read: ${error.what} (line ${error.line}).`,
        'They are texts, numbers and lists.',
      );
    }
    return found.map((settings) => {
      const w = single(settings.get('w'), 1);
      const side = single(settings.get('r') ?? settings.get('image_size'), usualSide);
      const genotype = genotypeOf({
        ks: numbers(settings.get('ks'), 'ks', count, [3, 5, 7]),
        e: numbers(settings.get('e'), 'e', count, [3, 4, 6]),
        d: numbers(settings.get('d'), 'd', stages.length, [2, 3, 4]),
        w,
      });
      return { genotype, network: { input: { height: side, width: side, channels: 3 }, classes: 1000 } };
    });
  },
  write(genotype, _, { input: { height, width } }) {
    if (genotype.space !== 'mbconv') return undefined;
    const settings = settingsOf(genotype);
    if (!settings) return undefined;
    const { w, ...lists } = settings;
    const parts = Object.entries(lists).map(([key, list]) => `"${key}": [${list.join(', ')}]`);
    const side = height === width && height !== usualSide ? [`"r": ${height}`] : [];
    return `{${[...parts, ...side, ...(w === 1 ? [] : [`"w": ${w}`])].join(', ')}}`;
  },
};
