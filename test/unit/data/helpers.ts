/** Small data and folders for the tests of this room. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Augmentation } from '../../../src/data/augment';
import type { ImageSet, LoadContext, LoadedData } from '../../../src/data/dataSet';
import { HeldImages } from '../../../src/data/images';

/** A folder for each test of the suite, removed after it. */
export function useFolder(): () => string {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nas-data-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}

export function loadContext(folder: string, more: Partial<LoadContext> = {}): LoadContext {
  return { cacheFolder: path.join(folder, 'cache'), configFolder: folder, seed: 1, ...more };
}

/** What leaves images as they are. */
export const noAugmentation: Augmentation = {
  ...{ crop: 0, flip: false, cutout: 0, rotate: 0, scale: 0, brightness: 0, contrast: 0 },
  auto: 'none',
};

/** Images whose first pixel is their position, with the given labels. */
export function numberedSet(labels: readonly number[], size = 2, channels = 1): ImageSet {
  const count = labels.length;
  const each = size * size * channels;
  const bytes = new Uint8Array(count * each);
  for (let i = 0; i < count; i++) bytes.fill(i, i * each, (i + 1) * each);
  const classes = Math.max(...labels) + 1;
  const classNames = Array.from({ length: classes }, (_, label) => `${label}`);
  return {
    images: new HeldImages(bytes, each),
    labels: Uint16Array.from(labels),
    count,
    height: size,
    width: size,
    channels,
    classes,
    classNames,
  };
}

export function dataOf(train: ImageSet, test: ImageSet = train): LoadedData {
  return { name: 'numbered', train, test };
}
