/** A made-up data set for the browser tests of the data page: shapes of one colour on another, as pictures of 48 × 64. */
import type { DataPageMessage } from '../../src/protocol/dataPage';
import type { DataSummary, PictureQuery, Pictures } from '../../src/protocol/dataProcess';
import { Random } from '../../src/random';

const shapes = ['circle', 'square', 'triangle', 'stripe'] as const;

export const fakeSummary: DataSummary = {
  ...{ name: 'shapes', set: 'folder', height: 48, width: 64, channels: 3 },
  classes: [
    { name: 'circle', train: 612, validation: 613, test: 306 },
    { name: 'square', train: 240, validation: 240, test: 120 },
    { name: 'triangle', train: 96, validation: 95, test: 48 },
    { name: 'stripe', train: 31, validation: 30, test: 15 },
  ],
  counts: { train: 979, validation: 978, test: 489 },
  copies: {
    ...{ images: 11, equal: 7, leftOut: 1 },
    ...{ validationInTrain: 4, testInOthers: 1, otherClass: 2 },
  },
  duplicates: [
    {
      isEqual: true,
      images: [
        { name: 'photos/circle/0004.png', file: '/work/photos/circle/0004.png', split: 'train', label: 0 },
        {
          name: 'photos/square/copy of 0004.png',
          file: '/work/photos/square/copy.png',
          split: 'test',
          label: 1,
        },
      ],
    },
    {
      isEqual: false,
      images: [
        { name: 'photos/circle/0011.jpg', file: '/work/photos/circle/0011.jpg', split: 'leftOut', label: 0 },
        {
          name: 'photos/circle/0011 (1).jpg',
          file: '/work/photos/circle/0011 (1).jpg',
          split: 'validation',
          label: 0,
        },
      ],
    },
  ],
  duplicateGroups: 5,
  broken: [
    {
      name: 'triangle/IMG_0412.jpg',
      file: '/work/photos/triangle/IMG_0412.jpg',
      reason: 'it is no picture, or cut short in its header',
    },
  ],
  files: {
    ...{ looked: 2000, total: 2446, sizeCount: 61 },
    formats: [
      { name: 'jpg', count: 1631 },
      { name: 'png', count: 369 },
    ],
    sizes: [
      { height: 480, width: 640, count: 912 },
      { height: 768, width: 1024, count: 411 },
      { height: 375, width: 500, count: 286 },
    ],
  },
  augmentation: 'moved by up to 4 pixels, mirrored',
  notices: ['The pictures of val are among those to train on; data.validationShare says how many validate.'],
};

export function stateOf(
  state: Extract<DataPageMessage, { type: 'state' }>['state'] = { kind: 'ready', summary: fakeSummary },
): DataPageMessage {
  return { type: 'state', config: '/work/shapes.nas.json', title: 'shapes', state };
}

function isInside(shape: (typeof shapes)[number], dy: number, dx: number): boolean {
  if (shape === 'circle') return dy ** 2 + dx ** 2 < 1;
  if (shape === 'square') return Math.max(Math.abs(dy), Math.abs(dx)) < 0.9;
  if (shape === 'triangle') return Math.abs(dy) < 0.9 && Math.abs(dx) < (dy + 0.9) / 2;
  return Math.abs(dy + dx) < 0.4;
}

/** @param shift columns by which the picture moves */
function pixelsOf(label: number, index: number, shift = 0, mirrored = false): Uint8Array<ArrayBuffer> {
  const { height, width } = fakeSummary;
  const random = Random.fromSeed(index, `shape ${label}`);
  const level = () => 40 + random.integer(180);
  const [front, back] = [
    [level(), level(), level()],
    [level(), level(), level()],
  ];
  const radius = 12 + random.integer(8);
  const pixels = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const column = (mirrored ? width - 1 - x : x) + shift;
      const outside = column < 0 || column >= width;
      const isFront = isInside(shapes[label]!, (y - height / 2) / radius, (column - width / 2 + 6) / radius);
      for (let c = 0; c < 3; c++) {
        const value = (isFront ? front : back)[c]! * (0.75 + y / 4 / height);
        pixels[(y * width + x) * 3 + c] = outside ? 0 : value;
      }
    }
  }
  return pixels;
}

/** A page as the process would give it. */
export function fakePictures(query: PictureQuery): Pictures {
  const { classes, counts } = fakeSummary;
  const { split, label, from, count, augmented } = query;
  const total = label === undefined ? counts[split] : classes[label]![split];
  const pictures = Array.from({ length: Math.max(0, Math.min(count, total - from)) }, (_, i) => {
    const index = from + i;
    const shown = label ?? index % shapes.length;
    return {
      ...{ index, label: shown, file: `/work/photos/${shapes[shown]}/${index}.png` },
      pixels: pixelsOf(shown, index),
      augmented: Array.from({ length: augmented }, (__, sample) =>
        pixelsOf(shown, index, 4 - 7 * sample, sample === 0),
      ),
    };
  });
  return { query, total, pictures };
}
