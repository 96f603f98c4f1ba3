/**
 * The config that **New Search Config** and `nas init` write for a folder of pictures: size, colours and length of the search follow
 * from the pictures and from how fast this machine is.
 */
import path from 'node:path';
import { parseWithFiles, type UsableConfig } from '../config/parse';
import type { DataFacts } from '../data/dataSet';
import { UserError } from '../errors';
import { formatBytes, formatCount } from '../format';
import { frameOf, spaceOf } from '../job/plan';
import { measurePace, workOfRun } from './duration';
import { forecastMemory } from './memory';
import { lookAtFolder, type PictureFolder } from './pictureFolder';

export interface ProposalOptions {
  /** Folder of the pictures. */
  readonly root: string;
  /** Folder that the config is to be in. */
  readonly configFolder: string;
  readonly name: string;
  readonly threads: number;
  onProgress?(step: string): void;
}

export interface Proposal {
  /** Of the config file, with comments on what was found. */
  readonly text: string;
  /** Seconds that a run of it would take here; undefined where nothing can be said. */
  readonly seconds?: number;
}

/** A search that is looked at while it goes on; the paper's settings are taken where they need no more than an hour. */
const longest = { laptop: 10 * 60, reference: 60 * 60 };
/** Images to train on, and steps of search and training, of the preset `laptop`. */
const laptop = { images: 3200, searchSteps: 125, finalSteps: 200 };
/** So many images tell that the paper's settings take too long, without more of them. */
const enough = 5000;
/** Shorter sides, the largest first. Fewer pixels than the last show little. */
const sides = [64, 48, 32] as const;
const smallestSide = 16;
/** Share of the pictures that may be smaller than the side that is proposed: they are enlarged. */
const enlarged = 0.05;
/** Share of the pictures of which more than a third would be cut off: beyond it, all are shown whole, with margins. */
const cut = 0.05;
const leastAspect = 2 / 3;
/** How many times as many pictures the largest class has where the loss is to be weighed. */
const unbalanced = 3;

/** What of a config is chosen for the pictures. */
interface Settings {
  readonly preset: 'laptop' | 'reference';
  readonly imageSize: number;
  readonly fit: 'shrink' | 'crop' | 'pad';
  readonly enlarge: boolean;
  readonly colour: 'grey' | 'rgb';
  readonly trainImages?: number;
}

/** @throws UserError where the folder is no data set that a search can be made for */
export async function proposeConfig(options: ProposalOptions): Promise<Proposal> {
  const { root, threads, onProgress } = options;
  onProgress?.('Looking at the pictures');
  const found = await lookAtFolder(root);
  const parsed = async (settings: Settings): Promise<UsableConfig & { readonly facts: DataFacts }> => {
    const { config, notices, facts, issues } = await parseWithFiles(
      textOf(options, found, settings, []),
      options.configFolder,
    );
    if (config && facts) return { config, facts, notices };
    const [{ message, hint } = { message: 'no search fits these pictures', hint: undefined }] = issues;
    throw new UserError(`${root}: ${message}`, hint, 'proposal');
  };
  const candidates = candidatesFor(found);
  const smallest = await parsed(candidates.at(-1)!);
  onProgress?.('Timing a few steps of a search');
  const pace = await measurePace(smallest.config, smallest.facts, threads);
  if (pace === undefined) {
    return { text: textOf(options, found, candidates[0]!, []) };
  }
  const chosen = await chosenOf(candidates, parsed, pace);
  const reference = { ...candidates[0]!, preset: 'reference', trainImages: undefined } as const;
  const { config, facts } = await parsed(reference);
  const capped = { ...facts, trainCount: Math.min(facts.trainCount, enough) };
  const thorough = pace * workOfRun(config, capped);
  // Few images do not fill the batches of the paper: an epoch would be no step.
  const isThorough =
    thorough <= longest.reference &&
    facts.trainCount >= laptop.images &&
    capped.trainCount === facts.trainCount;
  const settings = isThorough ? reference : chosen.settings;
  const seconds = isThorough ? thorough : chosen.seconds;
  const fitted = await parsed(settings);
  const memory = forecastMemory({
    ...{ config: fitted.config, facts: fitted.facts, threads, engine: 'fused' },
    ...{ space: spaceOf(fitted.config), input: frameOf(fitted.config, fitted.facts) },
  });
  const atLeast = capped.trainCount < facts.trainCount ? 'more than' : 'about';
  const forecast = [
    `By a few steps that were timed here, a run takes about ${roughly(seconds)}${memory ? ` and ${formatBytes(memory.peak)} of memory` : ''}.`,
    ...(isThorough
      ? []
      : [
          `With the settings of the DARTS paper ("preset": "reference") it would be ${atLeast} ${roughly(thorough)}.`,
        ]),
  ];
  return { text: textOf(options, found, settings, forecast), seconds };
}

/** The first candidate that is done soon enough, or else the last. */
async function chosenOf(
  candidates: readonly Settings[],
  parsed: (settings: Settings) => Promise<UsableConfig & { readonly facts: DataFacts }>,
  pace: number,
): Promise<{ settings: Settings; seconds: number }> {
  for (const settings of candidates) {
    const { config, facts } = await parsed(settings);
    const seconds = pace * workOfRun(config, facts);
    if (seconds <= longest.laptop || settings === candidates.at(-1)) return { settings, seconds };
  }
  throw new RangeError('There is nothing to choose from.');
}

/** From the most pixels and images to the fewest. */
function candidatesFor({ facts, headers }: PictureFolder): Settings[] {
  const shorter = headers.map(({ height, width }) => Math.min(height, width)).toSorted((a, b) => a - b);
  const usual = shorter[Math.floor(enlarged * shorter.length)]!;
  const fitting = sides.filter((side) => side <= usual);
  const wanted = fitting.length > 0 ? fitting : [Math.max(smallestSide, usual)];
  const oneSize = (facts.sizes?.length ?? 1) === 1;
  const long = headers.filter(
    ({ height, width }) => Math.min(height, width) < leastAspect * Math.max(height, width),
  );
  const isBroad = long.length > cut * headers.length;
  const settings = wanted.map((imageSize): Settings => ({
    ...{ preset: 'laptop', imageSize },
    fit: oneSize ? 'shrink' : isBroad ? 'pad' : 'crop',
    enlarge: shorter[0]! < imageSize,
    colour: headers.every(({ isGrey }) => isGrey) ? 'grey' : 'rgb',
  }));
  const least = settings.at(-1)!;
  const fewer = [laptop.images / 2, laptop.images / 4].filter((images) => images < facts.trainCount);
  return [...settings, ...fewer.map((trainImages) => ({ ...least, trainImages }))];
}

/** Where there are few images, smaller batches and more epochs come to as many steps as the preset has. */
function lengthFor(train: number): readonly string[] {
  if (train >= laptop.images) return [];
  const batch = Math.min(64, Math.max(8, 2 ** Math.floor(Math.log2(train / 16))));
  const epochs = (images: number, steps: number, least: number): number =>
    Math.min(50, Math.max(least, Math.ceil(steps / Math.max(1, Math.floor(images / batch)))));
  const [search, final] = [epochs(train / 2, laptop.searchSteps, 5), epochs(train, laptop.finalSteps, 4)];
  return [
    '  // Few pictures make short epochs, so there are more of them.',
    `  "training": { "batchSize": ${batch} },`,
    `  "budget": { "epochs": ${search} },`,
    '  // Random networks with the same training show whether the search found anything.',
    `  "final": { "epochs": ${final}, "batchSize": ${batch}, "randomNetworks": 3 }`,
  ];
}

function textOf(
  { root, configFolder, name }: ProposalOptions,
  found: PictureFolder,
  settings: Settings,
  forecast: readonly string[],
): string {
  const { preset, imageSize, fit, enlarge, colour, trainImages } = settings;
  const place = path.relative(configFolder, root).replaceAll(path.sep, '/') || '.';
  const counts = found.classes.map(({ count }) => count);
  const isUnbalanced = Math.max(...counts) >= unbalanced * Math.min(...counts);
  const data = [
    '    "set": "folder"',
    `    "path": ${JSON.stringify(place)}`,
    `    // ${fitWords[fit]}\n    // Half the side is about four times as fast.\n    "imageSize": ${imageSize}`,
    `    "fit": "${fit}"`,
    ...(enlarge ? ['    // A few pictures are smaller.\n    "enlarge": true'] : []),
    `    "colour": "${colour}"`,
    ...(trainImages === undefined ? [] : [`    "trainImages": ${trainImages}`]),
    ...(isUnbalanced
      ? [
          '    // The classes differ in size; weights in the loss make up for it.\n    "classWeights": "balanced"',
        ]
      : []),
  ].join(',\n');
  const length = preset === 'laptop' ? lengthFor(found.facts.trainCount) : [];
  // What is in the folder of the pictures must not be taken for a class of them.
  const output = place === '.' ? ['  "output": { "folder": ".runs" }'] : [];
  const sections = [
    `  "name": ${JSON.stringify(name)},\n  "preset": "${preset}",\n  "seed": 1,\n  "data": {\n${data}\n  }`,
    ...(length.length > 0 ? [length.join('\n')] : []),
    ...output,
  ];
  return [
    ...describeFolder(place, found).map((line) => `// ${line}`),
    ...forecast.map((line) => `// ${line}`),
    '{',
    sections.join(',\n'),
    '}',
    '',
  ].join('\n');
}

const fitWords = {
  shrink: 'The shorter side; all pictures are of one size and stay whole.',
  crop: 'The middle of each picture, shrunk to this side.',
  pad: 'Some pictures are long: all of each is shown, with margins.',
} as const;

/** Classes that are named with their counts. */
const named = 12;

/** What was found, as lines of comment. */
function describeFolder(place: string, { classes, headers, looked, facts }: PictureFolder): string[] {
  const total = classes.reduce((sum, { count }) => sum + count, 0);
  // A name can hold what would end the line of a comment.
  const words = ({ name, count }: (typeof classes)[number]): string =>
    `${JSON.stringify(name).slice(1, -1)} ${formatCount(count)}`;
  const more = classes.length > named ? [`${classes.length - named} more`] : [];
  const list = [...classes.slice(0, named).map(words), ...more].join(', ');
  const size = ({ height, width }: { height: number; width: number }): string => `${height} × ${width}`;
  const { sizes = [facts] } = facts;
  const span =
    sizes.length === 1
      ? size(sizes[0]!)
      : `${sizes.length} sizes from ${size(sizes[0]!)} to ${size(sizes.at(-1)!)}`;
  const formats = [...new Set(headers.map(({ format }) => format.toUpperCase()))].toSorted().join(', ');
  const grey = headers.filter(({ isGrey }) => isGrey).length;
  const colours = grey === headers.length ? 'grey' : grey === 0 ? 'in colour' : 'grey and in colour';
  const broken = looked - headers.length;
  return [
    `${formatCount(total)} pictures in ${JSON.stringify(place)}, ${classes.length} classes: ${list}.`,
    `Height × width: ${span}; ${formats}, ${colours}.${broken > 0 ? ` ${formatCount(broken)} of ${formatCount(looked)} that were looked at cannot be read.` : ''}`,
  ];
}

/** "40 s", "6 min", "14 h", "3 days": as exact as such a forecast can be. */
function roughly(seconds: number): string {
  if (seconds < 55) return `${Math.max(1, Math.round(seconds / 5)) * 5} s`;
  if (seconds < 90 * 60) return `${Math.max(1, Math.round(seconds / 60))} min`;
  const hours = Math.round(seconds / 3600);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
