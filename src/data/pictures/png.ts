/**
 * Plain PNGs (ISO/IEC 15948): not interlaced, without a profile of colours, EXIF or a single transparent colour. Sets of small pictures
 * are mostly these, and to libvips each of them is some milliseconds of preparations. Any irregularity ends decoding: whoever called asks
 * another decoder, which also says what is wrong.
 */
import { crc32, inflateSync } from 'node:zlib';
import type { Decoded } from './decoded';

/** Colour types, section 11.2.1, with samples a pixel. */
const samplesOf = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
]);
const [palette, greyAlpha] = [3, 4];
/** Bytes before filters are undone, at most; of larger pictures others need less memory. */
const mostBytes = 64 * 1024 * 1024;
const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Chunks that say nothing of how a person sees the pixels; where there are others, another decoder has to know them. */
const ignored = new Set([
  'tEXt',
  'zTXt',
  'iTXt',
  'tIME',
  'pHYs',
  'bKGD',
  'sBIT',
  'hIST',
  'sRGB',
  'gAMA',
  'cHRM',
]);

interface Header {
  readonly width: number;
  readonly height: number;
  /** Of a sample: 1, 2, 4, 8 or 16. */
  readonly bits: number;
  readonly colour: number;
}

interface Chunks extends Header {
  /** [colours, 3] */
  readonly colours: Uint8Array;
  /** Alpha of the first colours of the palette. */
  readonly alphas: Uint8Array;
  readonly data: Uint8Array;
}

function headerOf(chunk: Buffer): Header | undefined {
  const [bits, colour, compression, filter, interlace] = chunk.subarray(8, 13) as unknown as number[];
  const depths = colour === palette ? [1, 2, 4, 8] : colour === 0 ? [1, 2, 4, 8, 16] : [8, 16];
  const isPlain = chunk.length === 13 && compression === 0 && filter === 0 && interlace === 0;
  if (!isPlain || !samplesOf.has(colour!) || !depths.includes(bits!)) return undefined;
  return { width: chunk.readUInt32BE(0), height: chunk.readUInt32BE(4), bits: bits!, colour: colour! };
}

function chunksOf(bytes: Uint8Array): Chunks | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (signature.some((byte, i) => file[i] !== byte)) return undefined;
  const data: Uint8Array[] = [];
  let colours: Uint8Array = new Uint8Array();
  let alphas: Uint8Array = new Uint8Array();
  let header: Header | undefined;
  for (let at = signature.length; at + 12 <= file.length;) {
    const length = file.readUInt32BE(at);
    const end = at + 8 + length;
    if (end + 4 > file.length) return undefined;
    if (crc32(file.subarray(at + 4, end)) !== file.readUInt32BE(end)) return undefined;
    const name = file.toString('latin1', at + 4, at + 8);
    const chunk = file.subarray(at + 8, end);
    const isFirst = at === signature.length;
    at = end + 4;
    if ((name === 'IHDR') !== isFirst) return undefined;
    if (name === 'IHDR') {
      header = headerOf(chunk);
      if (!header) return undefined;
    } else if (name === 'PLTE' && header!.colour === palette) colours = chunk;
    else if (name === 'tRNS' && header!.colour === palette) alphas = chunk;
    else if (name === 'IDAT') data.push(chunk);
    else if (name === 'IEND') return { ...header!, colours, alphas, data: Buffer.concat(data) };
    else if (!ignored.has(name)) return undefined;
  }
  return undefined;
}

/** Of three neighbours, the one that is nearest to left + above − corner (section 9.4). */
function paeth(left: number, above: number, corner: number): number {
  const estimate = left + above - corner;
  const [a, b, c] = [Math.abs(estimate - left), Math.abs(estimate - above), Math.abs(estimate - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}

/**
 * Undoes the filters of all rows in place.
 * @param rows [height, 1 + rowBytes], before each row the number of its filter
 * @param step bytes from a pixel to the next, at least one
 */
function unfilter(rows: Uint8Array, height: number, rowBytes: number, step: number): boolean {
  const stride = rowBytes + 1;
  for (let y = 0; y < height; y++) {
    const begin = y * stride + 1;
    const end = begin + rowBytes;
    const filter = rows[begin - 1]!;
    const isFirst = y === 0;
    if (filter === 1) {
      for (let i = begin + step; i < end; i++) rows[i]! += rows[i - step]!;
    } else if (filter === 2) {
      if (!isFirst) for (let i = begin; i < end; i++) rows[i]! += rows[i - stride]!;
    } else if (filter === 3) {
      for (let i = begin; i < end; i++) {
        const left = i - begin >= step ? rows[i - step]! : 0;
        const above = isFirst ? 0 : rows[i - stride]!;
        rows[i]! += (left + above) >> 1;
      }
    } else if (filter === 4) {
      for (let i = begin; i < end; i++) {
        const isInside = i - begin >= step;
        const above = isFirst ? 0 : rows[i - stride]!;
        const left = isInside ? rows[i - step]! : 0;
        const corner = isInside && !isFirst ? rows[i - stride - step]! : 0;
        rows[i]! += paeth(left, above, corner);
      }
    } else if (filter !== 0) return false;
  }
  return true;
}

/** The samples of all rows as bytes: of 16 bits the upper eight, fewer scaled to 255, those of a palette as they are. */
function samplesFrom(
  rows: Uint8Array,
  { height, width, bits, colour }: Header,
  rowBytes: number,
): Uint8Array {
  const perRow = width * samplesOf.get(colour)!;
  const samples = new Uint8Array(height * perRow);
  const scale = bits < 8 && colour !== palette ? 255 / (2 ** bits - 1) : 1;
  for (let y = 0; y < height; y++) {
    const from = y * (rowBytes + 1) + 1;
    const to = y * perRow;
    if (bits === 8) samples.set(rows.subarray(from, from + perRow), to);
    else if (bits === 16) for (let i = 0; i < perRow; i++) samples[to + i] = rows[from + 2 * i]!;
    else {
      for (let i = 0; i < perRow; i++) {
        const value = rows[from + ((i * bits) >> 3)]! >> (8 - bits - ((i * bits) & 7));
        samples[to + i] = scale * (value & (2 ** bits - 1));
      }
    }
  }
  return samples;
}

/** @returns undefined where a pixel has no colour */
function resolved(
  indices: Uint8Array,
  { colours, alphas }: Chunks,
): Pick<Decoded, 'channels' | 'pixels'> | undefined {
  const channels = alphas.length > 0 ? 4 : 3;
  const pixels = new Uint8Array(channels * indices.length);
  for (let i = 0, at = 0; i < indices.length; i++, at += channels) {
    const from = 3 * indices[i]!;
    if (from + 3 > colours.length) return undefined;
    for (let c = 0; c < 3; c++) pixels[at + c] = colours[from + c]!;
    if (channels === 4) pixels[at + 3] = alphas[indices[i]!] ?? 255;
  }
  return { channels, pixels };
}

/**
 * @param bytes of the whole file
 * @returns undefined where another decoder has to be asked
 */
export function decodePng(bytes: Uint8Array): Decoded | undefined {
  const file = chunksOf(bytes);
  if (!file) return undefined;
  const { width, height, bits, colour } = file;
  const pixelBits = bits * samplesOf.get(colour)!;
  const rowBytes = Math.ceil((width * pixelBits) / 8);
  const total = height * (rowBytes + 1);
  if (total === 0 || total > mostBytes) return undefined;
  let rows: Uint8Array;
  try {
    rows = inflateSync(file.data, { maxOutputLength: total });
  } catch {
    return undefined;
  }
  if (rows.length !== total || !unfilter(rows, height, rowBytes, Math.ceil(pixelBits / 8))) return undefined;
  const samples = samplesFrom(rows, file, rowBytes);
  if (colour === palette) {
    const found = resolved(samples, file);
    return found && { height, width, ...found };
  }
  if (colour !== greyAlpha) {
    return { height, width, channels: samplesOf.get(colour) as 1 | 3 | 4, pixels: samples };
  }
  const pixels = new Uint8Array(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    pixels.fill(samples[2 * i]!, 4 * i, 4 * i + 3);
    pixels[4 * i + 3] = samples[2 * i + 1]!;
  }
  return { height, width, channels: 4, pixels };
}
