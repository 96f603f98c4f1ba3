/** What is in the data of a config, for a page to show: counts, duplicates, broken files, and the pictures a page at a time. */
import { dirname, relative, resolve } from 'node:path';
import { requireFit } from '../config/parse';
import type { Config } from '../config/schema';
import { type Augmentation, describeAugmentation, drawTransform } from '../data/augment';
import { transformed } from '../data/batches';
import { type Census, takeCensus } from '../data/census';
import type { DuplicateGroups, ImageSet, LoadedData } from '../data/dataSet';
import { measureNormalization, type Normalization } from '../data/normalization';
import { headerOf, positionsLookedAt } from '../data/pictures/reading';
import type { DrawnSplits } from '../data/splits';
import { duplicatesOf, loadData, type LoadJobDataOptions, splitsOf, trainingAugmentation } from '../job/data';
import {
  type DataSummary,
  type LookedSplit,
  type PictureQuery,
  type Pictures,
} from '../protocol/dataProcess';
import { Random } from '../random';

/** Groups of duplicates, pictures of a group, and sizes that are listed. */
const listed = { groups: 100, members: 20, sizes: 12, broken: 500 };

export class DataLook {
  readonly summary: DataSummary;
  private readonly sets: Readonly<Record<LookedSplit | 'leftOut', ImageSet>>;
  private readonly normalization: Normalization;
  private readonly augmentation: Augmentation;

  private constructor(
    private readonly config: Config,
    loaded: LoadedData,
    private readonly splits: DrawnSplits,
    duplicates: DuplicateGroups | undefined,
    place: { readonly folder: string; readonly notices: readonly string[] },
  ) {
    const { train, test } = loaded;
    this.sets = { train, validation: train, test, leftOut: train };
    this.normalization = measureNormalization(train, splits.train);
    this.augmentation = trainingAugmentation(config);
    this.summary = this.summarize(loaded, takeCensus(loaded, splits, duplicates), place);
  }

  /**
   * @param file path of the config
   * @throws UserError when the config is wrong, or its data cannot be had or is broken
   */
  static async open(
    text: string,
    file: string,
    options: Omit<LoadJobDataOptions, 'configFolder'>,
  ): Promise<DataLook> {
    const { config, notices } = await requireFit(text, file);
    const folder = dirname(resolve(file));
    const loaded = await loadData(config, { ...options, configFolder: folder });
    const duplicates = await duplicatesOf(config, loaded, options);
    return new DataLook(config, loaded, splitsOf(config, loaded), duplicates, { folder, notices });
  }

  /** A page of the pictures of a split, of one class or of all, in the order of the set. */
  pictures(query: PictureQuery): Pictures {
    const { split, label, from, count, augmented } = query;
    const set = this.sets[split];
    const all = this.splits[split].toSorted();
    const wanted = label === undefined ? all : all.filter((index) => set.labels[index] === label);
    const pictures = Array.from(wanted.subarray(from, from + count), (index) => ({
      index,
      label: set.labels[index]!,
      file: set.files?.[index],
      pixels: set.images.at(index).slice(),
      // Only what trains is augmented.
      augmented: Array.from({ length: split === 'test' ? 0 : augmented }, (_, sample) =>
        this.sample(set, index, sample),
      ),
    }));
    return { query, total: wanted.length, pictures };
  }

  /** An image as training sees it, brought back from its normalized values. */
  private sample(set: ImageSet, index: number, sample: number): Uint8Array<ArrayBuffer> {
    const random = Random.fromSeed(this.config.seed, `look at ${index}, ${sample}`);
    const transform = drawTransform(this.augmentation, set.height, set.width, random);
    const { mean, std } = this.normalization;
    const values = transformed(set, index, transform, this.normalization);
    return Uint8Array.from(values, (value, i) => {
      const channel = i % set.channels;
      return Math.max(0, Math.min(255, Math.round(255 * (value * std[channel]! + mean[channel]!))));
    });
  }

  private summarize(
    loaded: LoadedData,
    { counts, classes, copies, duplicates }: Census,
    { folder, notices }: { readonly folder: string; readonly notices: readonly string[] },
  ): DataSummary {
    const { config, splits } = this;
    const { train, leftOut = [], notice } = loaded;
    const shortened = (file: string): string => relative(folder, file);
    const groups = this.worstFirst(duplicates);
    const augmentation = describeAugmentation(this.augmentation);
    return {
      ...{ name: config.name ?? '', set: loaded.name, counts, copies },
      ...{ height: train.height, width: train.width, channels: train.channels },
      classes: [...classes],
      duplicates: groups.slice(0, listed.groups).map(({ isEqual, images }) => ({
        isEqual,
        images: images.slice(0, listed.members).map(({ split, index }) => {
          const file = this.sets[split].files?.[index];
          const label = this.sets[split].labels[index]!;
          return { name: file === undefined ? `image ${index + 1}` : shortened(file), file, split, label };
        }),
      })),
      duplicateGroups: groups.length,
      broken: leftOut.slice(0, listed.broken).map((each) => ({ ...each })),
      files: this.describeFiles(loaded),
      ...(augmentation.length > 0 && { augmentation: augmentation.join(', ') }),
      // Broken pictures have a list of their own.
      notices: [
        ...notices,
        ...(notice !== undefined && leftOut.length === 0 ? [notice] : []),
        ...splits.notices,
      ],
    };
  }

  /** Those first that stand in several splits or classes. */
  private worstFirst(duplicates: Census['duplicates']): Census['duplicates'] {
    const harm = ({ images }: Census['duplicates'][number]): number =>
      new Set(images.map(({ split }) => split)).size +
      2 * new Set(images.map(({ split, index }) => this.sets[split].labels[index])).size;
    return duplicates.toSorted((a, b) => harm(b) - harm(a) || b.images.length - a.images.length);
  }

  private describeFiles({ train, test }: LoadedData): DataSummary['files'] {
    if (!train.files || !test.files) return undefined;
    const files = [...train.files, ...test.files];
    const positions = positionsLookedAt(files.length);
    const formats = new Map<string, number>();
    const sizes = new Map<string, { height: number; width: number; count: number }>();
    for (const position of positions) {
      const header = headerOf(files[position]!);
      if (!header) continue;
      const { format, height, width } = header;
      formats.set(format, (formats.get(format) ?? 0) + 1);
      const key = `${height} ${width}`;
      sizes.set(key, { height, width, count: (sizes.get(key)?.count ?? 0) + 1 });
    }
    return {
      ...{ looked: positions.length, total: files.length, sizeCount: sizes.size },
      formats: [...formats].map(([name, count]) => ({ name, count })).toSorted((a, b) => b.count - a.count),
      sizes: [...sizes.values()].toSorted((a, b) => b.count - a.count).slice(0, listed.sizes),
    };
  }
}
