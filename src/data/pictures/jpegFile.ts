/**
 * The segments of a JPEG (ITU-T T.81, annex B) as far as a reduced picture needs them. What is not plain – progressive, arithmetic, of
 * 12 bits, of inks, with a colour profile, in several scans – is left to libvips.
 */

export interface JpegComponent {
  /** Blocks across and down an MCU. */
  readonly across: number;
  readonly down: number;
  /** Index of its quantization. */
  readonly quantization: number;
  /** Indices of its tables of codes. */
  readonly dc: number;
  readonly ac: number;
}

/** Codes of one table: how many of each length, 1 … 16, and then their symbols. */
export interface JpegCodes {
  /** 0 … 3: of DC, 4 … 7: of AC. */
  readonly index: number;
  readonly bytes: Uint8Array;
}

export interface JpegFile {
  readonly height: number;
  readonly width: number;
  /** One, grey, or three: Y, Cb and Cr. */
  readonly components: readonly JpegComponent[];
  /** By index, in the order of the stream. */
  readonly quantizations: ReadonlyMap<number, readonly number[]>;
  readonly codes: readonly JpegCodes[];
  /** MCUs between two restarts; 0: none. */
  readonly restart: number;
  /** As EXIF says, 1 … 8. */
  readonly orientation: number;
  /** Where the entropy-coded bytes begin. */
  readonly scan: number;
}

interface Frame {
  readonly height: number;
  readonly width: number;
  readonly components: readonly (Omit<JpegComponent, 'dc' | 'ac'> & { readonly id: number })[];
}

function text(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

/** What a segment of quantizations says. @returns undefined where it is cut short */
function quantizationsOf(segment: Uint8Array): [number, number[]][] | undefined {
  const found: [number, number[]][] = [];
  for (let at = 0; at < segment.length;) {
    const wide = segment[at]! >> 4;
    const size = wide === 0 ? 1 : 2;
    if (wide > 1 || at + 1 + 64 * size > segment.length) return undefined;
    const values = Array.from({ length: 64 }, (_, k) => {
      const place = at + 1 + k * size;
      return size === 1 ? segment[place]! : (segment[place]! << 8) | segment[place + 1]!;
    });
    found.push([segment[at]! & 15, values]);
    at += 1 + 64 * size;
  }
  return found;
}

/** What a segment of codes says. @returns undefined where it is cut short */
function codesOf(segment: Uint8Array): JpegCodes[] | undefined {
  const found: JpegCodes[] = [];
  for (let at = 0; at < segment.length;) {
    const [kind, id] = [segment[at]! >> 4, segment[at]! & 15];
    const total = segment.subarray(at + 1, at + 17).reduce((sum, count) => sum + count, 0);
    const end = at + 17 + total;
    if (kind > 1 || id > 3 || total > 256 || end > segment.length) return undefined;
    found.push({ index: 4 * kind + id, bytes: segment.subarray(at + 1, end) });
    at = end;
  }
  return found;
}

function frameOf(segment: Uint8Array): Frame | undefined {
  const [precision, high, low, wideHigh, wideLow, count] = segment as unknown as number[];
  if (precision !== 8 || (count !== 1 && count !== 3) || segment.length !== 6 + 3 * count) return undefined;
  const components = Array.from({ length: count }, (_, i) => {
    const [id, sampling, quantization] = [segment[6 + 3 * i]!, segment[7 + 3 * i]!, segment[8 + 3 * i]!];
    // A scan of one component has one block an MCU, whatever its sampling says.
    const [across, down] = count === 1 ? [1, 1] : [sampling >> 4, sampling & 15];
    return { id, across, down, quantization };
  });
  if (components.some(({ across, down }) => ![1, 2, 4].includes(across) || ![1, 2, 4].includes(down)))
    return undefined;
  if (components.reduce((sum, { across, down }) => sum + across * down, 0) > 10) return undefined;
  return { height: (high! << 8) | low!, width: (wideHigh! << 8) | wideLow!, components };
}

/** Orientation in a segment of EXIF; 1 where it says none. */
function orientationOf(segment: Uint8Array): number {
  const view = new DataView(segment.buffer, segment.byteOffset + 6, segment.byteLength - 6);
  try {
    const little = view.getUint16(0) === 0x4949;
    const directory = view.getUint32(4, little);
    const entries = view.getUint16(directory, little);
    for (let i = 0; i < entries; i++) {
      const entry = directory + 2 + 12 * i;
      if (view.getUint16(entry, little) !== 0x0112) continue;
      const value = view.getUint16(entry + 8, little);
      return value >= 1 && value <= 8 ? value : 1;
    }
  } catch {
    // What is cut short there says nothing; others read it so, too.
  }
  return 1;
}

/** Components of a scan that holds all of a frame. */
function scanComponents(segment: Uint8Array, { components }: Frame): JpegComponent[] | undefined {
  if (segment[0] !== components.length || segment.length !== 4 + 2 * components.length) return undefined;
  const chosen = components.map(({ id, ...component }, i) => {
    const tables = segment[2 + 2 * i]!;
    return segment[1 + 2 * i] === id ? { ...component, dc: tables >> 4, ac: 4 + (tables & 15) } : undefined;
  });
  const known = chosen.filter((component) => component !== undefined);
  return known.length === chosen.length && known.every(({ dc, ac }) => dc < 4 && ac < 8) ? known : undefined;
}

/** @returns undefined for what is no plain JPEG, or broken */
export function parseJpeg(bytes: Uint8Array): JpegFile | undefined {
  const quantizations = new Map<number, readonly number[]>();
  const codes: JpegCodes[] = [];
  let [restart, orientation] = [0, 1];
  let frame: Frame | undefined;
  let isYcc = false;
  let says: number | undefined;
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1]!;
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    const segment = bytes.subarray(at + 4, at + 2 + length);
    if (length < 2 || segment.length !== length - 2) return undefined;
    at += 2 + length;
    if (marker === 0xc0 || marker === 0xc1) {
      if (frame) return undefined;
      frame = frameOf(segment);
      if (!frame) return undefined;
    } else if (marker === 0xdb) {
      const found = quantizationsOf(segment);
      if (!found) return undefined;
      for (const [index, values] of found) quantizations.set(index, values);
    } else if (marker === 0xc4) {
      const found = codesOf(segment);
      if (!found) return undefined;
      codes.push(...found);
    } else if (marker === 0xdd) {
      restart = (segment[0]! << 8) | segment[1]!;
    } else if (marker === 0xe0) {
      isYcc ||= text(segment, 0, 5) === 'JFIF\0';
    } else if (marker === 0xe1) {
      if (text(segment, 0, 6) === 'Exif\0\0') orientation = orientationOf(segment);
    } else if (marker === 0xe2) {
      if (text(segment, 0, 11) === 'ICC_PROFILE') return undefined;
    } else if (marker === 0xee) {
      if (text(segment, 0, 5) === 'Adobe') says = segment[11];
    } else if (marker === 0xda) {
      const components = frame && scanComponents(segment, frame);
      if (!frame || !components) return undefined;
      const named = frame.components.every(({ id }, i) => id === i + 1);
      if (components.length === 3 && !isYcc && says !== 1 && !(says === undefined && named)) return undefined;
      if (components.some(({ quantization }) => !quantizations.has(quantization))) return undefined;
      const { height, width } = frame;
      return { ...{ height, width, components, quantizations, codes, restart, orientation }, scan: at };
    } else if (marker < 0xe0 || (marker > 0xef && marker !== 0xfe)) {
      return undefined;
    }
  }
  return undefined;
}
