/** Plain JPEGs, shrunk by area averaging while they are decoded, by `kernels/jpeg.ts`. */
import { readFileSync } from 'node:fs';
import { builtFile } from '../../builtFile';
import type { ImageShape, ImageSize } from '../dataSet';
import { type JpegFile, parseJpeg } from './jpegFile';

/** Addresses that `kernels/jpeg.ts` has, too. */
const tables = 1024;
const tableBytes = 8832;
const order = 81_920;
const components = 82_304;
const componentBytes = 64;
const sharesBytes = 400;
const sums = 83_968;
/** What this side lays out: codes as a file has them, quantizations, and then the shares, the file and what becomes of it. */
const codes = 82_560;
const quantizations = 83_072;
const firstFree = 84_544;

const pageBytes = 65_536;
/** Pixels of the result that a block adds to, at most, in each direction. */
const mostCovered = 12;

interface Program {
  readonly memory: WebAssembly.Memory;
  makeTable(index: number, counts: number, symbols: number, total: number, isDc: number): number;
  decodeScan(
    ...numbers: [
      from: number,
      end: number,
      clean: number,
      count: number,
      columns: number,
      lines: number,
      restart: number,
    ]
  ): number;
  makeShares(to: number, length: number, pixels: number, blocks: number, isAcross: number): void;
  toGrey(luma: number, to: number, width: number): void;
  toRgb(luma: number, blue: number, red: number, to: number, width: number): void;
}

export interface ShrunkPicture {
  /** [height, width, channels] after shrinking, turned as EXIF says. */
  readonly pixels: Uint8Array;
  /** Of the picture itself, as it is seen. Channels 1: grey; 3: RGB. */
  readonly shape: ImageShape & { readonly channels: 1 | 3 };
}

/** Positions in a block, row by row, in the order of the stream (T.81, figure A.6). */
function zigzag(): number[] {
  const places = Array.from({ length: 64 }, (_, i) => ({ row: i >> 3, column: i & 7 }));
  const diagonal = ({ row, column }: (typeof places)[number]) => row + column;
  // Odd diagonals run down, even ones up.
  return places
    .toSorted((a, b) => diagonal(a) - diagonal(b) || (diagonal(a) % 2 === 1 ? a.row - b.row : b.row - a.row))
    .map(({ row, column }) => 8 * row + column);
}

/** [9][8 frequencies]: what a frequency adds to the first 0 … 8 values of a block (T.81, A.3.3). */
function frequencySums(): Float64Array {
  return Float64Array.from({ length: 9 * 8 }, (_, i) => {
    const [place, u] = [Math.floor(i / 8), i % 8];
    const scale = (u === 0 ? Math.SQRT1_2 : 1) / 2;
    let sum = 0;
    for (let x = 0; x < place; x++) sum += scale * Math.cos(((2 * x + 1) * u * Math.PI) / 16);
    return sum;
  });
}

let started: Program | undefined;

function program(): Program {
  if (started) return started;
  const module = new WebAssembly.Module(readFileSync(builtFile('jpeg.wasm')));
  const instance = new WebAssembly.Instance(module);
  started = instance.exports as unknown as Program;
  const { buffer } = started.memory;
  new Uint8Array(buffer).set(zigzag(), order);
  new Float64Array(buffer).set(frequencySums(), sums / 8);
  return started;
}

/** Codes that each table was made of, so that it is not made again for the next file. */
const made = new Map<number, Uint8Array>();

function makeTables(file: JpegFile, { memory, makeTable }: Program): boolean {
  for (const { index, bytes } of file.codes) {
    if (made.has(index) && Buffer.compare(made.get(index)!, bytes) === 0) continue;
    made.delete(index);
    new Uint8Array(memory.buffer).set(bytes, codes);
    if (makeTable(index, codes, codes + 16, bytes.length - 16, index < 4 ? 1 : 0) === 0) return false;
    made.set(index, bytes.slice());
  }
  const given = new Set(file.codes.map(({ index }) => index));
  return file.components.every(({ dc, ac }) => given.has(dc) && given.has(ac));
}

function roundUp(value: number): number {
  return Math.ceil(value / 16) * 16;
}

/** Shares of a component in one direction, as the kernel makes them. */
interface Shares {
  readonly at: number;
  /** Of the component, in its own values. */
  readonly length: number;
  /** Of the result. */
  readonly pixels: number;
  readonly blocks: number;
}

/** Where everything of one file lies in memory. */
interface Layout {
  /** Blocks of the picture in MCUs, across and down. */
  readonly columns: number;
  readonly lines: number;
  /** Of each component. */
  readonly shares: readonly { readonly across: Shares; readonly down: Shares }[];
  readonly file: number;
  readonly clean: number;
  readonly planes: number;
  /** Of one plane, and of one of its rows. */
  readonly planeBytes: number;
  readonly stride: number;
  readonly result: number;
  readonly end: number;
}

/** @returns undefined where a block would add to too many pixels */
function layOut(file: JpegFile, bytes: number, shrunk: ImageSize): Layout | undefined {
  const across = Math.max(...file.components.map((component) => component.across));
  const down = Math.max(...file.components.map((component) => component.down));
  const columns = Math.ceil(file.width / (8 * across));
  const lines = Math.ceil(file.height / (8 * down));
  const lengths = file.components.map((component) => ({
    width: (file.width * component.across) / across,
    height: (file.height * component.down) / down,
  }));
  const fits = lengths.every(
    ({ width, height }) =>
      Math.ceil((8 * shrunk.width) / width) < mostCovered &&
      Math.ceil((8 * shrunk.height) / height) < mostCovered,
  );
  if (!fits) return undefined;
  let sharesEnd = firstFree;
  const placed = (length: number, pixels: number, blocks: number): Shares => {
    const at = sharesEnd;
    sharesEnd += blocks * sharesBytes;
    return { at, length, pixels, blocks };
  };
  // Both colours are sampled alike, as a rule.
  const parts: Layout['shares'][number][] = [];
  file.components.forEach((component, i) => {
    const known = file.components.findIndex(
      (other) => other.across === component.across && other.down === component.down,
    );
    parts[i] = parts[known] ?? {
      across: placed(lengths[i]!.width, shrunk.width, columns * component.across),
      down: placed(lengths[i]!.height, shrunk.height, lines * component.down),
    };
  });
  const place = roundUp(sharesEnd);
  const clean = roundUp(place + bytes + 32);
  const planes = roundUp(clean + bytes + 8192);
  const stride = 4 * (shrunk.width + mostCovered);
  const planeBytes = roundUp(stride * shrunk.height + 64);
  const result = planes + parts.length * planeBytes;
  const end = result + shrunk.height * shrunk.width * parts.length + 64;
  return { columns, lines, shares: parts, file: place, clean, planes, planeBytes, stride, result, end };
}

/**
 * @param bytes of the whole file
 * @param sizeOf a function of the picture's size as it is seen (turned as EXIF says): the size that it is shrunk to, if that is to be
 * done here
 * @returns undefined where another decoder has to be asked
 */
export function decodeShrunk(
  bytes: Uint8Array,
  sizeOf: (size: ImageSize) => ImageSize | undefined,
): ShrunkPicture | undefined {
  const file = parseJpeg(bytes);
  if (!file || file.height * file.width === 0) return undefined;
  const isLying = file.orientation >= 5;
  const seen = isLying ? swapped(file) : { height: file.height, width: file.width };
  const wanted = sizeOf(seen);
  if (!wanted) return undefined;
  const shrunk = isLying ? swapped(wanted) : wanted;
  const layout = layOut(file, bytes.length, shrunk);
  if (!layout) return undefined;
  const running = program();
  const missing = layout.end - running.memory.buffer.byteLength;
  if (missing > 0) running.memory.grow(Math.ceil(missing / pageBytes));
  if (!makeTables(file, running)) return undefined;
  const memory = new Uint8Array(running.memory.buffer);
  memory.set(bytes, layout.file);
  for (const { across, down } of new Set(layout.shares)) {
    running.makeShares(across.at, across.length, across.pixels, across.blocks, 1);
    running.makeShares(down.at, down.length, down.pixels, down.blocks, 0);
  }
  writeComponents(file, layout, memory);
  memory.fill(0, layout.planes, layout.result);
  const end = layout.file + bytes.length;
  const { columns, lines, clean } = layout;
  const channels = file.components.length as 1 | 3;
  const from = layout.file + file.scan;
  const after = running.decodeScan(from, end, clean, channels, columns, lines, file.restart);
  // Behind a whole picture is the mark of its end.
  if (after === 0 || after + 2 > end || memory[after + 1] !== 0xd9) return undefined;
  for (let y = 0; y < shrunk.height; y++) {
    const line = layout.planes + y * layout.stride;
    const to = layout.result + y * shrunk.width * channels;
    if (channels === 1) running.toGrey(line, to, shrunk.width);
    else running.toRgb(line, line + layout.planeBytes, line + 2 * layout.planeBytes, to, shrunk.width);
  }
  const pixels = memory.slice(layout.result, layout.result + shrunk.height * shrunk.width * channels);
  return {
    pixels: turned(pixels, { ...shrunk, channels }, file.orientation),
    shape: { ...seen, channels },
  };
}

function swapped({ height, width }: ImageSize): ImageSize {
  return { height: width, width: height };
}

function writeComponents(
  { components: all, quantizations: steps }: JpegFile,
  { shares, planes, planeBytes, stride }: Layout,
  memory: Uint8Array,
): void {
  const numbers = new Uint32Array(memory.buffer);
  const floats = new Float32Array(memory.buffer);
  all.forEach((component, i) => {
    const quantization = quantizations + 256 * i;
    floats.set(steps.get(component.quantization)!, quantization / 4);
    const { across, down } = shares[i]!;
    const table = (index: number) => tables + tableBytes * index;
    numbers.set(
      [
        ...[quantization, table(component.dc), table(component.ac), component.across, component.down],
        ...[across.at, down.at, planes + i * planeBytes, stride],
      ],
      (components + i * componentBytes) / 4,
    );
  });
}

/** As a person sees it. */
function turned(
  pixels: Uint8Array,
  { height, width, channels }: ImageShape,
  orientation: number,
): Uint8Array {
  if (orientation === 1) return pixels;
  const [upside, mirrored] = [[3, 4, 6, 7].includes(orientation), [2, 3, 7, 8].includes(orientation)];
  const isLying = orientation >= 5;
  const result = new Uint8Array(pixels.length);
  const [rows, columns] = isLying ? [width, height] : [height, width];
  let at = 0;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, at += channels) {
      const [row, column] = isLying ? [x, y] : [y, x];
      const from = (upside ? height - 1 - row : row) * width + (mirrored ? width - 1 - column : column);
      for (let c = 0; c < channels; c++) result[at + c] = pixels[from * channels + c]!;
    }
  }
  return result;
}
