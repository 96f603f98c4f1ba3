/**
 * What the beginning of a picture's file says of it: height and width as a person sees them (turned as EXIF says), and whether it is
 * grey. Nothing is decoded.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { imageSize as sizeInHeader } from 'image-size';
import type { ImageSize } from '../dataSet';

export interface PictureHeader extends ImageSize {
  readonly format: (typeof formats)[number];
  readonly isGrey: boolean;
}

const formats = ['png', 'jpg', 'webp', 'gif', 'bmp', 'tiff', 'avif'] as const;

/** What files of pictures are called; others are no part of a set. */
export const pictureFile = /\.(png|jpe?g|jpe|jfif|webp|gif|bmp|tiff?|avif)$/i;

/** Of one picture. A larger one is refused by its header, before anything is decoded. */
export const mostPixels = 100_000_000;

/** Bytes that hold the header of nearly all files; where they do not, more is read. */
const beginnings = [4 * 1024, 256 * 1024, 64 * 1024 * 1024];

/** Why a file is no picture that can be read. */
export class BrokenPicture extends Error {}

/**
 * @param bytes of the whole file or its beginning
 * @throws BrokenPicture with the reason
 */
export function parseHeader(bytes: Uint8Array): PictureHeader {
  let size: ReturnType<typeof sizeInHeader>;
  try {
    size = sizeInHeader(bytes);
  } catch {
    throw new BrokenPicture(
      bytes.length === 0 ? 'it is empty' : 'it is no picture, or cut short in its header',
    );
  }
  const format = formats.find((name) => name === (size.type === 'heif' ? 'avif' : size.type));
  if (!format) throw new BrokenPicture(`its format, ${size.type}, is not read`);
  if (!(size.width > 0 && size.height > 0)) throw new BrokenPicture('it has no pixels');
  if (size.width * size.height > mostPixels) {
    const [across, down] = [size.width, size.height].map((side) => side.toLocaleString('en'));
    throw new BrokenPicture(`it has ${across} × ${down} pixels by its header, more than 100 million`);
  }
  // Orientations 5 … 8 lie on their side.
  const isTurned = (size.orientation ?? 1) >= 5;
  const [width, height] = isTurned ? [size.height, size.width] : [size.width, size.height];
  return { format, height, width, isGrey: isGrey(format, bytes) };
}

function isGrey(format: PictureHeader['format'], bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (format === 'png') return [0, 4].includes(view.getUint8(25));
    if (format === 'jpg') return jpegComponents(bytes) === 1;
    return format === 'tiff' && tiffIsGrey(view);
  } catch {
    throw new BrokenPicture('it is cut short in its header');
  }
}

/** Components of a JPEG, from its start of frame: 4 are inks. @throws RangeError where it does not reach so far */
export function jpegComponents(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  for (;;) {
    while (view.getUint8(at) !== 0xff) at++;
    while (view.getUint8(at) === 0xff) at++;
    const marker = view.getUint8(at++);
    // Markers C0 … CF but for tables (C4, CC) and C8, which is reserved.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return view.getUint8(at + 7);
    // Restarts and the start of an image have no length.
    if ((marker < 0xd0 || marker > 0xd8) && marker !== 0x00 && marker !== 0x01) at += view.getUint16(at);
  }
}

/** By the tag of its photometric interpretation. @throws RangeError beyond the end */
function tiffIsGrey(view: DataView): boolean {
  const little = view.getUint8(0) === 0x49;
  const directory = view.getUint32(4, little);
  const entries = view.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i;
    // White is zero, or black is.
    if (view.getUint16(entry, little) === 262) return view.getUint16(entry + 8, little) <= 1;
  }
  return false;
}

/**
 * Reads no more than the header where that is enough.
 * @throws BrokenPicture with the reason
 */
export function readHeader(file: string): PictureHeader {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (error) {
    throw new BrokenPicture(`it cannot be read (${(error as Error).message})`);
  }
  try {
    for (const length of beginnings) {
      // Not zeroed: nothing behind what is read is looked at.
      const bytes = Buffer.allocUnsafe(length);
      const read = readSync(handle, bytes, 0, length, 0);
      try {
        return parseHeader(bytes.subarray(0, read));
      } catch (error) {
        if (read < length || length === beginnings.at(-1)) throw error;
      }
    }
    throw new BrokenPicture('it has no header');
  } catch (error) {
    if (error instanceof BrokenPicture) throw error;
    throw new BrokenPicture(`it cannot be read (${(error as Error).message})`);
  } finally {
    closeSync(handle);
  }
}
