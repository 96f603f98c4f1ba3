/** `nas data`: what a config’s data set consists of, once it is loaded, shrunk and split as a run would do it. */
import { dirname, join, resolve } from 'node:path';
import { requireFit } from '../config/parse';
import { type Census, type SplitCounts, splitNames, takeCensus } from '../data/census';
import type { DuplicateGroups, LoadedData } from '../data/dataSet';
import { UserError } from '../errors';
import { formatCount, formatPercent } from '../format';
import { duplicatesOf, loadData, splitsOf } from '../job/data';
import { readText } from './files';
import { interruptible } from './interruptible';
import type { ExitCode } from './options';
import { progressLine } from './progressLine';
import { grid } from './report';

/** From black to white, as a terminal can show it. */
const shades = ' ░▒▓█';
/** Columns of a terminal that a mean image may take; a pixel takes two, since characters are twice as high as wide. */
const widest = 80;

/** @throws UserError when the config is wrong, or its data cannot be had or is broken */
export async function data(file: string, options: { readonly json?: boolean }): Promise<ExitCode> {
  const { config, notices } = await requireFit(readText(file), file);
  const progress = progressLine();
  const aborting = new AbortController();
  let loaded: LoadedData;
  let duplicates: DuplicateGroups | undefined;
  try {
    [loaded, duplicates] = await interruptible(progress, async (stopped) => {
      const telling = {
        signal: aborting.signal,
        onProgress(activity: string) {
          if (stopped()) aborting.abort();
          progress.show(activity);
        },
      };
      const folders = { configFolder: dirname(resolve(file)), packedFolder: join(__dirname, 'data') };
      const found = await loadData(config, { ...folders, ...telling });
      return [found, await duplicatesOf(config, found, telling)];
    });
  } catch (error) {
    if (error instanceof UserError && error.code === 'cancelled') return 130;
    throw error;
  }
  const splits = splitsOf(config, loaded);
  const census = takeCensus(loaded, splits, duplicates);
  const all = [...notices, ...(loaded.notice ? [loaded.notice] : []), ...splits.notices];
  if (options.json) console.log(JSON.stringify(valuesOf(loaded, census, all), undefined, 2));
  else console.log([...linesOf(loaded, census), ...all.map((notice) => `Note: ${notice}`)].join('\n'));
  return 0;
}

function valuesOf({ name, train }: LoadedData, census: Census, notices: readonly string[]) {
  const { height, width, channels } = train;
  const { counts, classes, copies, mean } = census;
  return { set: name, height, width, channels, counts, classes, duplicates: copies, mean, notices };
}

function linesOf({ name, train }: LoadedData, { counts, classes, copies, mean }: Census): string[] {
  const { height, width, channels } = train;
  const row = (title: string, of: SplitCounts): string[] => [
    title,
    ...splitNames.map(
      (split) => `${formatCount(of[split])} (${formatPercent(of[split] / counts[split], 1)})`,
    ),
  ];
  const bare = splitNames.map((split) => formatCount(counts[split]));
  return [
    `${name}: images of ${height} × ${width} × ${channels}, ${formatCount(train.classes)} classes`,
    ...grid([['Class', ...splitNames], ...classes.map((each) => row(each.name, each)), ['all', ...bare]]),
    ...copyLines(copies),
    ...picture(mean),
  ];
}

/** What is said of copies. */
function copyLines(copies: Census['copies']): string[] {
  const { groups, images, equal } = copies;
  if (groups === 0) return ['No image is a copy of another, equal or nearly so.'];
  const found = [
    [copies.leftOut, 'training images are left out, since they are copies of ones that test or validate'],
    [copies.validationInTrain, 'images to validate on are copies of ones to train on'],
    [copies.testInOthers, 'images to test on are copies of ones to train or validate on'],
    [copies.otherClass, 'images are copies of ones of another class'],
  ] as const;
  const kinds =
    equal === images
      ? 'all are equal to another to the byte'
      : `${formatCount(equal)} are equal to another to the byte, ${formatCount(images - equal)} nearly so`;
  return [
    `${formatCount(images)} images are copies of others, in ${formatCount(groups)} ${groups === 1 ? 'group' : 'groups'}: ${kinds}.`,
    ...found.flatMap(([count, what]) => (count > 0 ? [`${formatCount(count)} ${what}.`] : [])),
  ];
}

/** The mean image in grey, from its darkest to its lightest pixel, where a terminal is wide enough for it. */
function picture(mean: Census['mean']): string[] {
  if (2 * (mean[0]?.length ?? 0) > widest) return [];
  const grey = mean.map((row) => row.map((pixel) => pixel.reduce((sum, v) => sum + v, 0) / pixel.length));
  const darkest = Math.min(...grey.flat());
  const lightest = Math.max(...grey.flat());
  const shade = (value: number): string => {
    const share = (value - darkest) / Math.max(lightest - darkest, 1);
    return shades[Math.min(shades.length - 1, Math.floor(share * shades.length))]!.repeat(2);
  };
  const range = `black is ${Math.round(darkest)} of 255 and white ${Math.round(lightest)}`;
  return [
    `Mean of the images to train on, where ${range}:`,
    ...grey.map((row) => row.map(shade).join('').trimEnd()),
  ];
}
