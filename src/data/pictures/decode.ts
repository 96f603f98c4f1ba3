/**
 * A picture's file as pixels, as a person sees it: turned as EXIF says, palettes resolved, 16 bits as their upper eight, colours of a
 * profile in sRGB, and what is transparent in front of white. Runs on the thread of the decoder.
 */
import { asError } from '../../errors';
import type { Fitting, ImageShape } from '../dataSet';
import { fitPicture, fitShrunk, fittedShape, shrunkSize } from '../fitting';
import { decodeBmp } from './bmp';
import type { Decoded } from './decoded';
import { BrokenPicture, jpegComponents, mostPixels, type PictureHeader } from './header';
import { decodeShrunk } from './jpegDecoder';
import { Garbage, libvips } from './libvips';
import { decodePng } from './png';

interface Picture extends ImageShape {
  /** [height, width, channels], 0 … 255. */
  readonly pixels: Uint8Array;
  /** 1: grey. 3: RGB. */
  readonly channels: 1 | 3;
}

/** Of the message of an error of libvips, the first line that says what is wrong. */
function reasonOf(error: unknown): string {
  const lines = asError(error).message.split('\n');
  return `the decoder says: ${lines.find((line) => line.trim() !== '')?.trim() ?? 'nothing'}`;
}

const garbage = new Garbage();

/** Whether its colours may be inks. */
function mayHoldInks(bytes: Uint8Array, format: PictureHeader['format']): boolean {
  return format === 'tiff' || (format === 'jpg' && jpegComponents(bytes) === 4);
}

async function decodeOthers(bytes: Uint8Array, { format, ...size }: PictureHeader): Promise<Decoded> {
  const sharp = await libvips();
  try {
    const image = sharp(bytes, {
      limitInputPixels: mostPixels,
      // Of a TIFF, libvips says where it is cut short as an error alone, and gives black for the rest.
      failOn: format === 'tiff' ? 'error' : 'truncated',
      autoOrient: true,
      pages: 1,
    });
    if (format === 'gif') {
      // A frame may go beyond what the header says, up to 65535 × 65535, and libvips then enlarges the picture to hold it.
      const { height, width } = await image.metadata();
      if (height > size.height || width > size.width)
        throw new BrokenPicture('its frames are larger than the picture');
    } else if (mayHoldInks(bytes, format)) {
      const { space, hasProfile } = await image.metadata();
      if (space === 'cmyk' && !hasProfile) return await decodeCmyk(bytes);
    }
    const { data, info } = await image
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { height, width } = info;
    garbage.add(data.length);
    const channels: number = info.channels;
    if (channels !== 3 && channels !== 4) throw new BrokenPicture(`it has ${channels} channels`);
    return { height, width, channels, pixels: data };
  } catch (error) {
    if (error instanceof BrokenPicture) throw error;
    throw new BrokenPicture(reasonOf(error));
  } finally {
    garbage.add(bytes.length);
  }
}

/** Inks without a profile: each colour is what its ink and black leave of white. */
async function decodeCmyk(bytes: Uint8Array): Promise<Decoded> {
  const sharp = await libvips();
  const image = sharp(bytes, {
    ...{ limitInputPixels: mostPixels, failOn: 'truncated', autoOrient: true, ignoreIcc: true },
  });
  const { data, info } = await image
    .pipelineColourspace('cmyk')
    .toColourspace('cmyk')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { height, width } = info;
  garbage.add(data.length);
  const inks: number = info.channels;
  if (inks !== 4) throw new BrokenPicture(`it has ${inks} inks`);
  const pixels = new Uint8Array(height * width * 3);
  for (let i = 0; i < height * width; i++) {
    const light = 255 - data[4 * i + 3]!;
    for (let c = 0; c < 3; c++) pixels[3 * i + c] = Math.round(((255 - data[4 * i + c]!) * light) / 255);
  }
  return { height, width, channels: 3, pixels };
}

/** In front of white, where it has an alpha; one channel where it is grey. */
function flattened({ height, width, channels, pixels }: Decoded, isGrey: boolean): Picture {
  const count = height * width;
  const kept = isGrey ? 1 : 3;
  if (channels === kept) return { height, width, channels: kept, pixels };
  const result = new Uint8Array(count * kept);
  for (let i = 0; i < count; i++) {
    const alpha = channels === 4 ? pixels[4 * i + 3]! : 255;
    for (let c = 0; c < kept; c++) {
      const value = pixels[channels * i + c]!;
      result[kept * i + c] = alpha === 255 ? value : Math.round((value * alpha + 255 * (255 - alpha)) / 255);
    }
  }
  return { height, width, channels: kept, pixels: result };
}

async function decodeAny(bytes: Uint8Array, header: PictureHeader): Promise<Decoded> {
  if (header.format === 'bmp') return decodeBmp(bytes);
  const plain = header.format === 'png' ? decodePng(bytes) : undefined;
  return plain ?? decodeOthers(bytes, header);
}

/**
 * @param bytes of the whole file
 * @throws BrokenPicture with the reason
 */
async function decodePicture(bytes: Uint8Array, header: PictureHeader): Promise<Picture> {
  return flattened(await decodeAny(bytes, header), header.isGrey);
}

interface FittedPicture {
  /** Of `shape`. */
  readonly pixels: Uint8Array;
  readonly shape: ImageShape;
}

/**
 * A picture as it comes into a set. A plain JPEG that is shrunk to half or less is averaged while it is decoded.
 * @param bytes of the whole file
 * @throws BrokenPicture with the reason, and UserError when it cannot be fitted so
 */
export async function decodeFitted(
  bytes: Uint8Array,
  header: PictureHeader,
  fitting: Fitting,
): Promise<FittedPicture> {
  const shrunk =
    header.format === 'jpg' ? decodeShrunk(bytes, (size) => shrunkSize(size, fitting)) : undefined;
  if (shrunk) {
    const { pixels, shape } = shrunk;
    return {
      pixels: fitShrunk(pixels, shape, fitting),
      shape: fittedShape(shape, fitting),
    };
  }
  const picture = await decodePicture(bytes, header);
  return {
    pixels: fitPicture(picture.pixels, picture, fitting),
    shape: fittedShape(picture, fitting),
  };
}
