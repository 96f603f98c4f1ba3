/** BMP files without compression: 1, 4 and 8 bits with a palette, 16, 24 and 32 bits a pixel. The decoder of the others knows none. */
import type { Decoded } from './decoded';
import { BrokenPicture } from './header';

/** A colour's bits within a pixel. */
interface Field {
  readonly shift: number;
  readonly most: number;
}

function fieldOf(mask: number): Field {
  if (mask === 0) return { shift: 0, most: 0 };
  const shift = 31 - Math.clz32(mask & -mask);
  return { shift, most: mask >>> shift };
}

/** Red, green, blue and alpha of 16 and 32 bits where the file names no masks. */
const plainMasks = {
  16: [0x7c00, 0x03e0, 0x001f, 0],
  32: [0xff0000, 0xff00, 0xff, 0],
} as const;

const uncompressed = 0;
/** Masks follow the header: of three colours, or with alpha. */
const bitFields = [3, 6];

/** @throws BrokenPicture with the reason */
export function decodeBmp(bytes: Uint8Array): Decoded {
  try {
    return decode(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    if (error instanceof RangeError) throw new BrokenPicture('it is cut short');
    throw error;
  }
}

function decode(view: DataView): Decoded {
  const start = view.getUint32(10, true);
  const header = view.getUint32(14, true);
  if (header < 40) throw new BrokenPicture('it is a BMP of OS/2, which is not read');
  const [width, signedHeight] = [view.getInt32(18, true), view.getInt32(22, true)];
  const [height, fromTop] = [Math.abs(signedHeight), signedHeight < 0];
  const [bits, compression] = [view.getUint16(28, true), view.getUint32(30, true)];
  const hasMasks = bitFields.includes(compression);
  if (compression !== uncompressed && !hasMasks) {
    throw new BrokenPicture('it is a compressed BMP, which is not read');
  }
  if (![1, 4, 8, 16, 24, 32].includes(bits) || width < 1 || height < 1) {
    throw new BrokenPicture(`it is a BMP of ${width} × ${height} pixels of ${bits} bits`);
  }
  const rowBytes = 4 * Math.ceil((width * bits) / 32);
  if (start + rowBytes * height > view.byteLength) throw new BrokenPicture('it is cut short');
  const masks = hasMasks ? masksOf(view, header, compression) : plainMasks[bits === 16 ? 16 : 32];
  const fields = masks.map(fieldOf);
  const channels = bits >= 16 && bits !== 24 && masks[3] !== 0 ? 4 : 3;
  const pixels = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const row = start + (fromTop ? y : height - 1 - y) * rowBytes;
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * channels;
      if (bits <= 8) {
        const byte = view.getUint8(row + ((x * bits) >> 3));
        const index = (byte >> (8 - bits - ((x * bits) & 7))) & (2 ** bits - 1);
        setBgr(pixels, at, view, 14 + header + 4 * index);
      } else if (bits === 24) {
        setBgr(pixels, at, view, row + 3 * x);
      } else {
        const value = bits === 16 ? view.getUint16(row + 2 * x, true) : view.getUint32(row + 4 * x, true);
        for (let c = 0; c < channels; c++) {
          const { shift, most } = fields[c]!;
          pixels[at + c] = most === 0 ? 0 : Math.round((255 * ((value >>> shift) & most)) / most);
        }
      }
    }
  }
  return { height, width, pixels, channels };
}

/** Of three colours, and of alpha where the header is long enough for one. */
function masksOf(view: DataView, header: number, compression: number): number[] {
  const hasAlpha = compression === 6 || header >= 56;
  return [54, 58, 62, 66].map((at, i) => (i < 3 || hasAlpha ? view.getUint32(at, true) : 0));
}

function setBgr(pixels: Uint8Array, at: number, view: DataView, from: number): void {
  for (let c = 0; c < 3; c++) pixels[at + c] = view.getUint8(from + 2 - c);
}
