/** A share that was kept for the test before it was known which images are copies of each other, drawn anew with that. */
import { formatCount } from '../../format';
import type { ImageSet, LoadedData } from '../dataSet';
import { ChosenImages, FollowingImages } from '../images';
import { countClasses } from '../labels';
import { keepForTest } from '../splits';
import { copiesOfTest, keptTogether, wholeGroups } from './keepTogether';

/**
 * Draws the test images anew where the reader kept a share for them before it knew of copies: now these fall on one side. What stays
 * apart all the same – where a class would have no image on a side – is left to `makeSplits`.
 * @param seed of the config
 */
export function shareAnew(loaded: LoadedData, seed: number): LoadedData {
  const { train, test, duplicates, testShare, drawn } = loaded;
  if (!duplicates || testShare === undefined || drawn) return loaded;
  const { groups } = keptTogether(duplicates);
  const everyTest = Int32Array.from(test.labels.keys());
  if (copiesOfTest(groups, everyTest).length === 0) return loaded;
  const all = pooled(train, test);
  const copies = Int32Array.from([...groups.train, ...groups.test]);
  const whole = wholeGroups(all.groups, copies);
  const kept = keepForTest({ labels: all.labels, groups: whole }, testShare, seed, loaded.name);
  const hasAll = (positions: Int32Array): boolean =>
    !countClasses(all.labels, all.classes, positions).includes(0);
  if (!hasAll(kept.train) || !hasAll(kept.test)) return loaded;
  const every = Int32Array.from([...duplicates.train, ...duplicates.test]);
  const of = (positions: Int32Array) => positions.map((image) => every[image]!);
  const count = formatCount(kept.test.length);
  const notice = `So that copies stay on one side, ${count} of ${formatCount(all.count)} images were drawn anew for the test.`;
  return {
    ...loaded,
    ...{ train: subset(all, kept.train), test: subset(all, kept.test) },
    duplicates: { train: of(kept.train), test: of(kept.test), count: duplicates.count },
    notice: [loaded.notice, notice].filter((each) => each !== undefined).join(' '),
  };
}

/** The images of two sets as one, those of the first first. */
function pooled(first: ImageSet, second: ImageSet): ImageSet {
  const labels = Uint16Array.from([...first.labels, ...second.labels]);
  return {
    ...first,
    ...{
      images: new FollowingImages(first.images, first.count, second.images),
      labels,
      count: labels.length,
    },
    ...(first.files && second.files && { files: [...first.files, ...second.files] }),
    ...(first.groups && second.groups && { groups: Int32Array.from([...first.groups, ...second.groups]) }),
  };
}

/** Some images of a set, in this order. */
function subset(set: ImageSet, positions: Int32Array): ImageSet {
  const { files, groups } = set;
  return {
    ...set,
    ...{ images: new ChosenImages(set.images, positions), count: positions.length },
    labels: Uint16Array.from(positions, (image) => set.labels[image]!),
    ...(files && { files: Array.from(positions, (image) => files[image]!) }),
    ...(groups && { groups: positions.map((image) => groups[image]!) }),
  };
}
