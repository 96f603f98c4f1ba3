/**
 * What random augmentation does to the bytes of one image: operations of AutoAugment (Cubuk et al., 2019, table 6) as Pillow defines
 * them (`ImageEnhance`, `ImageOps`), so that strengths mean the same as in torchvision and Keras.
 */
import { greyAt } from './grey';

/** One image, [height, width, channels]. */
export interface Pixels {
  readonly bytes: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** A 2 × 3 matrix [a, b, c, d, e, f] by which the pixel (x, y) of the result is taken from (a·x + b·y + c, d·x + e·y + f). */
export type Affine = readonly [number, number, number, number, number, number];

/** One change of an image. */
export type PixelOperation =
  | { readonly kind: 'affine'; readonly from: Affine }
  /** Factors of 1 change nothing, 0 gives black, the image's mean grey, greys, or the smoothed image. */
  | { readonly kind: 'brightness' | 'contrast' | 'saturation' | 'sharpness'; readonly factor: number }
  /** Keeps so many of the upper bits. */
  | { readonly kind: 'posterize'; readonly bits: number }
  /** Inverts what is at least so bright. */
  | { readonly kind: 'solarize'; readonly threshold: number }
  | { readonly kind: 'autocontrast' | 'equalize' };

/** from + factor·(to − from) in single precision, cut off to a byte. */
function blend(from: number, to: number, factor: number): number {
  const value = Math.fround(from + Math.fround(Math.fround(factor) * (to - from)));
  return Math.min(255, Math.max(0, Math.trunc(value)));
}

/** Bytes that a function makes of the byte at each place. */
function mapped({ bytes }: Pixels, of: (byte: number, at: number) => number): Uint8Array {
  return bytes.map((byte, at) => of(byte, at));
}

function meanGrey(image: Pixels): number {
  let sum = 0;
  for (let at = 0; at < image.bytes.length; at += image.channels)
    sum += greyAt(image.bytes, at, image.channels);
  return Math.trunc((sum * image.channels) / image.bytes.length + 0.5);
}

/** Weighted mean of the 3 × 3 pixels around each, the middle counting five; pixels at the border stay. */
function smoothed({ bytes, height, width, channels }: Pixels): Uint8Array {
  const result = bytes.slice();
  for (let y = 1; y < height - 1; y++) {
    for (let at = (y * width + 1) * channels; at < ((y + 1) * width - 1) * channels; at++) {
      let sum = 4 * bytes[at]!;
      for (let row = -1; row <= 1; row++)
        for (let column = -1; column <= 1; column++) sum += bytes[at + (row * width + column) * channels]!;
      result[at] = Math.trunc(sum / 13 + 0.5);
    }
  }
  return result;
}

/** What each byte of each channel becomes, by how often bytes occur in the channel. */
function byHistogram(image: Pixels, tableOf: (counts: Uint32Array) => Uint8Array | undefined): Uint8Array {
  const { bytes, channels } = image;
  const tables = Array.from({ length: channels }, (_, channel) => {
    const counts = new Uint32Array(256);
    for (let at = channel; at < bytes.length; at += channels) counts[bytes[at]!]!++;
    return tableOf(counts);
  });
  return mapped(image, (byte, at) => tables[at % channels]?.[byte] ?? byte);
}

/** Stretches the channel to the range of bytes; nothing where it has one value. */
function stretching(counts: Uint32Array): Uint8Array | undefined {
  const low = counts.findIndex((count) => count > 0);
  const high = counts.findLastIndex((count) => count > 0);
  if (high <= low) return undefined;
  const scale = 255 / (high - low);
  return Uint8Array.from(counts, (_, byte) =>
    Math.min(255, Math.max(0, Math.trunc(byte * scale - low * scale))),
  );
}

/** Makes the bytes of the channel about equally frequent; nothing where there are too few to tell apart. */
function equalizing(counts: Uint32Array): Uint8Array | undefined {
  const present = counts.filter((count) => count > 0);
  if (present.length <= 1) return undefined;
  const step = Math.floor((present.reduce((sum, count) => sum + count, 0) - present.at(-1)!) / 255);
  if (step === 0) return undefined;
  let below = Math.floor(step / 2);
  return Uint8Array.from(counts, (count) => {
    const value = Math.min(255, Math.floor(below / step));
    below += count;
    return value;
  });
}

/** Every pixel from where the matrix says, bilinear between four; what comes from outside is black. */
function moved({ bytes, height, width, channels }: Pixels, [a, b, c, d, e, f]: Affine): Uint8Array {
  const result = new Uint8Array(bytes.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // Centres of pixels, as everywhere where images are scaled.
      const u = a * (x + 0.5) + b * (y + 0.5) + c;
      const v = d * (x + 0.5) + e * (y + 0.5) + f;
      if (u < 0 || u >= width || v < 0 || v >= height) continue;
      const left = Math.floor(u - 0.5);
      const top = Math.floor(v - 0.5);
      const [right, bottom] = [Math.min(width - 1, left + 1), Math.min(height - 1, top + 1)];
      const [shareX, shareY] = [u - 0.5 - left, v - 0.5 - top];
      const [row, column] = [Math.max(0, top), Math.max(0, left)];
      for (let channel = 0; channel < channels; channel++) {
        const of = (py: number, px: number): number => bytes[(py * width + px) * channels + channel]!;
        const above = of(row, column) * (1 - shareX) + of(row, right) * shareX;
        const below = of(bottom, column) * (1 - shareX) + of(bottom, right) * shareX;
        result[(y * width + x) * channels + channel] = Math.round(above * (1 - shareY) + below * shareY);
      }
    }
  }
  return result;
}

/** The image after one operation, in bytes of its own. */
export function changed(image: Pixels, operation: PixelOperation): Uint8Array {
  const { channels } = image;
  switch (operation.kind) {
    case 'affine':
      return moved(image, operation.from);
    case 'brightness':
      return mapped(image, (byte) => blend(0, byte, operation.factor));
    case 'contrast': {
      const mean = meanGrey(image);
      return mapped(image, (byte) => blend(mean, byte, operation.factor));
    }
    case 'saturation':
      return mapped(image, (byte, at) =>
        blend(greyAt(image.bytes, at - (at % channels), channels), byte, operation.factor),
      );
    case 'sharpness': {
      const smooth = smoothed(image);
      return mapped(image, (byte, at) => blend(smooth[at]!, byte, operation.factor));
    }
    case 'posterize':
      return mapped(image, (byte) => byte & ~((1 << (8 - operation.bits)) - 1));
    case 'solarize':
      return mapped(image, (byte) => (byte < operation.threshold ? byte : 255 - byte));
    case 'autocontrast':
      return byHistogram(image, stretching);
    case 'equalize':
      return byHistogram(image, equalizing);
  }
}

type Size = Pick<Pixels, 'height' | 'width'>;

/** Takes each pixel from where the linear map [a, b, d, e] about the middle says. */
function aboutMiddle({ height, width }: Size, a: number, b: number, d: number, e: number): PixelOperation {
  const [x, y] = [width / 2, height / 2];
  return { kind: 'affine', from: [a, b, x - a * x - b * y, d, e, y - d * x - e * y] };
}

/** Turns an image counterclockwise about its middle, and enlarges it by a factor. */
export function turn(size: Size, degrees: number, scale = 1): PixelOperation {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle) / scale, Math.sin(angle) / scale];
  return aboutMiddle(size, cos, -sin, sin, cos);
}

/** Shears an image about its middle: a row moves by x times its distance from the middle row, a column by y times its own. */
export function shear(size: Size, x: number, y: number): PixelOperation {
  return aboutMiddle(size, 1, x, y, 1);
}

/** Moves an image to the left and up, pixels. */
export function shift(x: number, y: number): PixelOperation {
  return { kind: 'affine', from: [1, 0, x, 0, 1, y] };
}
