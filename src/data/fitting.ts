/**
 * Pictures as a network takes them: all of one height, width and number of channels. `fittedShape` is the one answer to which; what
 * computes costs, checks a config or loads images asks it.
 */
import { crc32 } from 'node:zlib';
import { UserError } from '../errors';
import {
  type Fitting,
  type ImageSet,
  type ImageShape,
  type ImageSize,
  imageSize,
  type PictureSize,
} from './dataSet';
import { greyAt } from './grey';
import type { Images } from './images';
import { resampler } from './resample';

/** How a picture of another aspect comes to the size that is wanted. */
export const fits = [
  {
    name: 'shrink',
    description:
      'All of the picture is shrunk by area averaging: in its aspect to one number, in another to two.',
  },
  {
    name: 'crop',
    description: 'Shrunk until it covers the size that is wanted; what is beyond on two sides is cut off.',
  },
  {
    name: 'pad',
    description: 'Shrunk until all of it is inside the size that is wanted, with black margins around.',
  },
] as const;

export const colours = [
  { name: 'as-is', description: 'The channels that the images have.' },
  { name: 'grey', description: 'One channel: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).' },
  { name: 'rgb', description: 'Three channels; of grey images all three are equal.' },
] as const;

/** Images of one size, or pictures of several that are fitted one by one while they are read. */
export type Unfitted = ImageShape & { readonly sizes?: readonly PictureSize[] };

/** The steps by which pictures of one size are fitted. */
interface Plan {
  /** Size of the picture after it was shrunk or enlarged. */
  readonly scaled: ImageSize;
  /** Size of the result: a window in the middle of the picture, or with margins around it. */
  readonly result: ImageSize;
}

function words({ height, width }: ImageSize): string {
  return `${height} × ${width}`;
}

function scaledBy({ height, width }: ImageSize, factor: number): ImageSize {
  return { height: Math.max(1, Math.round(height * factor)), width: Math.max(1, Math.round(width * factor)) };
}

/** @throws UserError with code `image-size` where pictures would have to be enlarged and that is not asked for */
function planOf(size: PictureSize, fitting: Fitting): Plan {
  const { imageSize: wanted, fit = 'shrink', enlarge = false } = fitting;
  if (wanted === undefined) return { scaled: size, result: size };
  const shorter = Math.min(size.height, size.width);
  const box =
    typeof wanted === 'number' ? { height: wanted, width: wanted } : { height: wanted[0], width: wanted[1] };
  const [down, across] = [box.height / size.height, box.width / size.width];
  let plan: Plan;
  if (fit === 'pad') {
    // A margin does what enlarging would, so nothing has to be refused.
    const factor = Math.min(down, across);
    plan = { scaled: scaledBy(size, enlarge ? factor : Math.min(1, factor)), result: box };
  } else if (fit === 'crop') {
    plan = { scaled: scaledBy(size, Math.max(down, across)), result: box };
  } else {
    const scaled = typeof wanted === 'number' ? scaledBy(size, wanted / shorter) : box;
    plan = { scaled, result: scaled };
  }
  const grows = plan.scaled.height > size.height || plan.scaled.width > size.width;
  if (grows && !enlarge) throw tooSmall(size, wanted, shorter);
  return plan;
}

function tooSmall(size: PictureSize, wanted: NonNullable<Fitting['imageSize']>, shorter: number): UserError {
  const isSide = typeof wanted === 'number';
  const goal = isSide ? `${wanted}` : wanted.join(' × ');
  const most = isSide ? `${shorter}` : `[${size.height}, ${size.width}]`;
  const one = size.example === undefined ? '' : ` (${size.example})`;
  return new UserError(
    `Images of ${words(size)}${one} cannot be shrunk to ${goal}.`,
    `Use at most ${most}, or leave the key out to take the images as they are. "enlarge": true makes them larger.`,
    'image-size',
  );
}

/** @throws UserError with code `colour` for channels that are no grey and no RGB */
function fittedChannels(channels: number, colour: Fitting['colour'] = 'as-is'): number {
  const wanted = { 'as-is': channels, grey: 1, rgb: 3 }[colour];
  if (wanted === channels || [1, 3].includes(channels)) return wanted;
  throw new UserError(
    `Images of ${channels} channels cannot become ${colour}: nobody says which of them is which colour.`,
    'Use "as-is".',
    'colour',
  );
}

/** The sizes of unfitted pictures, from the smallest area. */
function sizesOf({ height, width, sizes }: Unfitted): readonly PictureSize[] {
  return sizes && sizes.length > 0
    ? [...sizes].sort((a, b) => a.height * a.width - b.height * b.width)
    : [{ height, width }];
}

/**
 * Height, width and channels that images have once they are fitted.
 * @throws UserError with code `image-size` or `colour` when they cannot be fitted so
 */
export function fittedShape(images: Unfitted, fitting: Fitting): ImageShape {
  const channels = fittedChannels(images.channels, fitting.colour);
  const sizes = sizesOf(images);
  const results = sizes.map((size) => planOf(size, fitting).result);
  const [first] = results;
  if (results.every(({ height, width }) => height === first!.height && width === first!.width)) {
    return { ...first!, channels };
  }
  const side = proposedSide(images);
  const span = `The pictures are of ${sizes.length} sizes, from ${words(sizes[0]!)} to ${words(sizes.at(-1)!)}`;
  if (fitting.imageSize === undefined) {
    const hint = `Write "imageSize": ${side}, "fit": "crop" to have the middle of each, or "pad" for all with margins.`;
    throw new UserError(`${span}; a network takes one.`, hint, 'image-size');
  }
  const hint = `Add "fit": "crop" or "pad", or write "imageSize": [${side}, ${side}].`;
  throw new UserError(`${span}, and not of one aspect.`, hint, 'image-size');
}

/** The largest common side, from 32 in steps of a half, that no picture has to be enlarged for; at most 224. */
export function proposedSide(images: Unfitted): number {
  const shortest = Math.min(...sizesOf(images).map(({ height, width }) => Math.min(height, width)));
  return [224, 128, 96, 64, 48, 32].find((side) => side <= shortest) ?? shortest;
}

function toGrey(pixels: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: pixels.length / 3 }, (_, i) => greyAt(pixels, 3 * i, 3));
}

function toRgb(pixels: Uint8Array): Uint8Array {
  const result = new Uint8Array(3 * pixels.length);
  for (let i = 0; i < pixels.length; i++) result.fill(pixels[i]!, 3 * i, 3 * i + 3);
  return result;
}

/** Pixels with another number of channels, 1 or 3. */
function withChannels(pixels: Uint8Array, channels: number, wanted: number): Uint8Array {
  if (channels === wanted) return pixels;
  return wanted === 1 ? toGrey(pixels) : toRgb(pixels);
}

/** Writes the picture at a place of `source`, [height, width, channels], into the result that is there zero. */
type Fitter = (source: Uint8Array, from: number, target: Uint8Array, to: number) => void;

function fitter(size: ImageSize, { scaled, result }: Plan, channels: number): Fitter {
  const isScaled = scaled.height !== size.height || scaled.width !== size.width;
  const scale = isScaled ? resampler(size, scaled, channels) : undefined;
  const isWhole = scaled.height === result.height && scaled.width === result.width;
  if (scale && isWhole) return scale;
  const picture = scale && new Uint8Array(imageSize({ ...scaled, channels }));
  const height = Math.min(scaled.height, result.height);
  const width = Math.min(scaled.width, result.width);
  const before = (outer: number, inner: number): number => Math.max(0, Math.floor((outer - inner) / 2));
  const [top, left] = [before(scaled.height, result.height), before(scaled.width, result.width)];
  const [above, beside] = [before(result.height, scaled.height), before(result.width, scaled.width)];
  return (source, from, target, to) => {
    scale?.(source, from, picture!, 0);
    const [pixels, start] = picture ? [picture, 0] : [source, from];
    for (let y = 0; y < height; y++) {
      const row = start + ((top + y) * scaled.width + left) * channels;
      const place = to + ((above + y) * result.width + beside) * channels;
      target.set(pixels.subarray(row, row + width * channels), place);
    }
  };
}

/**
 * The size that a picture is shrunk to before it is cropped or padded, if that is half of it or less in each direction: a decoder may
 * do that then.
 * @throws UserError with code `image-size` when it cannot be fitted so
 */
export function shrunkSize(size: ImageSize, fitting: Fitting): ImageSize | undefined {
  const { scaled } = planOf(size, fitting);
  return 2 * scaled.height <= size.height && 2 * scaled.width <= size.width ? scaled : undefined;
}

/**
 * One picture, fitted.
 * @param pixels [height, width, channels]
 * @throws UserError with code `image-size` or `colour` when it cannot be fitted so
 */
export function fitPicture(pixels: Uint8Array, shape: ImageShape, fitting: Fitting): Uint8Array {
  return placed(pixels, shape, shape, planOf(shape, fitting), fitting);
}

/** The same of a picture whose pixels are shrunk to `shrunkSize` already. @param shape before that */
export function fitShrunk(pixels: Uint8Array, shape: ImageShape, fitting: Fitting): Uint8Array {
  const plan = planOf(shape, fitting);
  return placed(pixels, shape, plan.scaled, plan, fitting);
}

/** @param size of the pixels that are there */
function placed(
  pixels: Uint8Array,
  { channels }: ImageShape,
  size: ImageSize,
  plan: Plan,
  { colour }: Fitting,
): Uint8Array {
  const wanted = fittedChannels(channels, colour);
  const target = new Uint8Array(imageSize({ ...plan.result, channels: wanted }));
  fitter(size, plan, wanted)(withChannels(pixels, channels, wanted), 0, target, 0);
  return target;
}

/** Images that are fitted when they are first asked for: of ten thousand digits a quick search looks at one in eight. */
class FittedImages implements Images {
  private readonly bytes: Uint8Array;
  private readonly isThere: Uint8Array;

  /**
   * @param size values of one image
   * @param write fits an image into the place that begins at \`to\`
   */
  constructor(
    count: number,
    private readonly size: number,
    private readonly write: (index: number, target: Uint8Array, to: number) => void,
  ) {
    this.bytes = new Uint8Array(count * size);
    this.isThere = new Uint8Array(count);
  }

  at(index: number): Uint8Array {
    const { bytes, isThere, size } = this;
    if (!isThere[index]) {
      this.write(index, bytes, index * size);
      isThere[index] = 1;
    }
    return bytes.subarray(index * size, (index + 1) * size);
  }

  checksum(index: number): number {
    return crc32(this.at(index));
  }
}

/**
 * The images of a set, fitted as they are asked for; the set itself where that changes nothing. The images that were there stay in
 * memory beside what becomes of them.
 * @throws UserError with code \`image-size\` or \`colour\` when they cannot be fitted so
 */
export function fitImages(set: ImageSet, fitting: Fitting): ImageSet {
  const { height, width, channels } = fittedShape(set, fitting);
  if (height === set.height && width === set.width && channels === set.channels) return set;
  const fitted = imageSize({ height, width, channels });
  const fit = fitter(set, planOf(set, fitting), channels);
  const images = new FittedImages(set.count, fitted, (index, target, to) =>
    fit(withChannels(set.images.at(index), set.channels, channels), 0, target, to),
  );
  return { ...set, height, width, channels, images };
}
