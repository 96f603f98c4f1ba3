/**
 * The entropy-coded part of a baseline JPEG (ITU-T T.81), shrunk by area averaging while it is decoded. Averaging is linear as the
 * inverse DCT is, so what a block adds to the pixels of the result that it covers is one small matrix times its coefficients times
 * another, and no pixel of the full picture is ever made. Any irregularity of the stream ends decoding: whoever called asks another
 * decoder.
 *
 * Memory is laid out by `src/data/pictures/jpegDecoder.ts`, which has the same addresses.
 */

/** Four tables of DC and four of AC, each `tableBytes` long. */
const tables: usize = 1024;
const tableBytes: usize = 8832;
/** Within a table: the largest code of each length, what leads from a code to its symbol, and the symbols. */
const largestCodes: usize = 8192;
const toSymbols: usize = 8320;
const symbols: usize = 8448;
/** Bits of a code that a single look tells of. */
const looked: u64 = 11;

/** Where a coefficient of the stream stands in a block, [64] bytes. */
const order: usize = 81920;
/** The coefficients of a block, [8][8] floats. */
const block: usize = 82048;
/**
 * Of each component: quantization, tables of DC and AC, blocks across and down an MCU, shares of its block columns and of its block
 * rows, plane of sums, and bytes of a row of it.
 */
const components: usize = 82304;
const componentBytes: usize = 64;
/** What each frequency adds to the first 0 … 8 values of a block, [9][8] doubles. */
const sums: usize = 83968;
/**
 * Shares of a block column or row: the first pixel of the result that it adds to, how many vectors of four or how many rows, and from
 * `shares` on [8 frequencies][12 pixels] floats.
 */
const sharesBytes: usize = 400;
const shares: usize = 16;
/** Its last DC level. */
const predictor: usize = 36;

/** In an entry of a table: the bits of the number are still to come. */
const alone: u32 = 128;
/** Zeros that the end of a block counts as. */
const endOfBlock: u32 = 64;
const brokenStream: i32 = i32.MIN_VALUE;

/** Bits of the stream that are next, from the highest on. */
let bits: u64 = 0;
let available: i64 = 0;
/** Where the next 32 bits are. */
let next: usize = 0;

/** Where the interval ends in the file, and in memory without stuffed zeros. */
let marker: usize = 0;
let cleanEnd: usize = 0;

/** Copies bytes up to the next marker, without the zeros that are stuffed after 0xFF, words of 32 bits in the machine's order. */
function unstuff(from: usize, end: usize, to: usize): void {
  const start = to;
  const stuffed = i8x16.splat(-1);
  for (;;) {
    const piece = v128.load(from);
    v128.store(to, piece);
    const found = i8x16.bitmask(i8x16.eq(piece, stuffed));
    if (found == 0) {
      from += 16;
      to += 16;
      if (from >= end) break;
      continue;
    }
    const before = <usize>ctz(found);
    from += before;
    if (from >= end || load<u8>(from, 1) != 0) {
      to += before;
      break;
    }
    from += 2;
    to += before + 1;
  }
  marker = min(from, end);
  cleanEnd = to;
  for (let at = start; at < to; at += 16) {
    const piece = v128.load(at);
    const swapped = i8x16.shuffle(piece, piece, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
    v128.store(at, swapped);
  }
  bits = 0;
  available = 0;
  next = start;
}

/** Whether no more bits were taken than the interval has. */
function isWithin(): bool {
  return (<i64>next - <i64>cleanEnd) << 3 <= available;
}

/** The number that `size` bits say, of which a leading zero means that it is negative (T.81, figure F.12). */
function extended(value: u32, size: u32): i32 {
  return <i32>value - (value >> (size - 1) == 0 ? <i32>((1 << size) - 1) : 0);
}

/**
 * Makes the table of codes from what a file says of it: how many codes of each length, and their symbols.
 * An entry is what the next bits say if they hold a whole code with the bits of its number: number, zeros before it, bits; where
 * they hold the code alone: number of bits to come, zeros, bits of the code with the highest set; else 0.
 */
export function makeTable(index: i32, counts: usize, given: usize, total: i32, isDc: bool): bool {
  const table = tables + <usize>index * tableBytes;
  memory.fill(table, 0, tableBytes);
  memory.copy(table + symbols, given, total);
  let code: u32 = 0;
  let position: u32 = 0;
  for (let length: u32 = 1; length <= 16; length++) {
    const count = <u32>load<u8>(counts + length - 1);
    store<i32>(table + toSymbols + ((<usize>length) << 2), <i32>position - <i32>code);
    for (let i: u32 = 0; i < count; i++, code++, position++) {
      const symbol = <u32>load<u8>(given + position);
      const size = isDc ? symbol : symbol & 15;
      // Levels of 8-bit pictures have 11 bits at most, and zeros without a number are 16 or all that are left.
      if (isDc ? symbol > 11 : size == 0 && symbol != 0 && symbol != 0xf0) return false;
      if (length > <u32>looked) continue;
      const run: u32 = isDc ? 0 : symbol == 0 ? endOfBlock : symbol >> 4;
      const rest = <u32>looked - length;
      for (let after: u32 = 0; after < 1 << rest; after++) {
        const at = table + ((<usize>((code << rest) | after)) << 2);
        if (size > rest) {
          store<u32>(at, (size << 16) | (run << 8) | length | alone);
          continue;
        }
        const value = size == 0 ? 0 : extended(after >> (rest - size), size);
        store<u32>(at, ((<u32>(value & 0xffff)) << 16) | (run << 8) | (length + size));
      }
    }
    if (code > 1 << length) return false;
    store<i32>(table + largestCodes + ((<usize>length) << 2), count == 0 ? -1 : <i32>code - 1);
    code <<= 1;
  }
  return true;
}

/** What an entry says that holds a code alone, for the code that is next and longer than one look; 0 where there is no such code. */
function longCode(table: usize, stream: u64, isDc: bool): u32 {
  for (let length: u32 = 12; length <= 16; length++) {
    const code = <i32>(stream >> (64 - length));
    if (code > load<i32>(table + largestCodes + ((<usize>length) << 2))) continue;
    const place = <usize>(code + load<i32>(table + toSymbols + ((<usize>length) << 2)));
    const symbol = <u32>load<u8>(table + symbols + (place & 255));
    const run: u32 = isDc ? 0 : symbol == 0 ? endOfBlock : symbol >> 4;
    return ((isDc ? symbol : symbol & 15) << 16) | (run << 8) | length | alone;
  }
  return 0;
}

/** Rows of the block that are not zero, a bit each; 0 where there is nothing but its mean. */
let rows: u32 = 0;

/**
 * Reads the coefficients of one block, multiplied by their quantization.
 * @returns its DC level, or `brokenStream`
 */
function readBlock(dc: usize, ac: usize, quantization: usize, predicted: i32): i32 {
  let stream = bits;
  let left = available;
  let from = next;
  let level = predicted;
  let filled: u32 = 0;
  const zero = i32x4.splat(0);
  for (let at: usize = 0; at < 256; at += 64) {
    v128.store(block + at, zero);
    v128.store(block + at, zero, 16);
    v128.store(block + at, zero, 32);
    v128.store(block + at, zero, 48);
  }
  let table = dc;
  for (let k: u32 = 0; k < 64; k++) {
    if (left < 32) {
      stream |= (<u64>load<u32>(from)) << (32 - left);
      left += 32;
      from += 4;
    }
    let entry = load<u32>(table + ((<usize>(stream >> (64 - looked))) << 2));
    if (entry == 0) {
      entry = longCode(table, stream, k == 0);
      if (entry == 0) return brokenStream;
    }
    let value = <i32>entry >> 16;
    const taken = <u64>(entry & 127);
    stream <<= taken;
    left -= taken;
    if (entry & alone) {
      const size = <u64>value;
      if (size > 0) {
        value = extended(<u32>(stream >> (64 - size)), <u32>size);
        stream <<= size;
        left -= size;
      }
    }
    if (k == 0) {
      level += value;
      store<f32>(block, <f32>level * load<f32>(quantization));
      table = ac;
      continue;
    }
    const run = (entry >> 8) & 127;
    k += run;
    if (k > 63) {
      if (run == endOfBlock) break;
      return brokenStream;
    }
    const place = <usize>load<u8>(order + k);
    filled |= 1 << (<u32>place >> 3);
    store<f32>(block + (place << 2), <f32>value * load<f32>(quantization + ((<usize>k) << 2)));
  }
  bits = stream;
  available = left;
  next = from;
  rows = filled == 0 ? 0 : filled | 1;
  return level;
}

/** What two of the frequencies add to the values of a block before a place within it. @param at of the frequencies in `sums` */
function sumUpTo(place: f64, at: usize): v128 {
  const whole = min<usize>(7, <usize>place);
  const before = v128.load(at + (whole << 6));
  const step = f64x2.sub(v128.load(at + (whole << 6), 64), before);
  return f64x2.add(before, f64x2.mul(f64x2.splat(place - <f64>whole), step));
}

/**
 * Shares of the blocks of a component in one direction.
 * @param to where `blocks` of them are put
 * @param length of the component, in its own values: a part where the last stands for pixels beyond the picture
 * @param pixels of the result
 * @param isAcross whether they are taken by vectors of four
 */
export function makeShares(to: usize, length: f64, pixels: i32, blocks: i32, isAcross: bool): void {
  memory.fill(to, 0, <usize>blocks * sharesBytes);
  const scale = length / <f64>pixels;
  const perValue = f64x2.splat(scale);
  for (let b = 0; b < blocks; b++, to += sharesBytes) {
    const begin = <f64>(b << 3);
    const end = min(length, begin + 8);
    // What is there only to fill the last MCU adds to nothing.
    if (begin >= end) break;
    const first = min(pixels - 1, <i32>floor(begin / scale + 1e-9));
    const last = min(pixels - 1, <i32>ceil(end / scale - 1e-9) - 1);
    const count = last - first + 1;
    store<i32>(to, first);
    store<i32>(to, isAcross ? (count + 3) >> 2 : count, 4);
    for (let u: usize = 0; u < 8; u += 2) {
      // A block begins where the pixel before has ended, or with the first.
      let before = f64x2.splat(0);
      let at = to + shares + u * 48;
      for (let i = 1; i <= count; i++, at += 4) {
        const upTo = sumUpTo(min(end, <f64>(first + i) * scale) - begin, sums + (u << 3));
        const share = f64x2.div(f64x2.sub(upTo, before), perValue);
        store<f32>(at, <f32>f64x2.extract_lane(share, 0));
        store<f32>(at, <f32>f64x2.extract_lane(share, 1), 48);
        before = upTo;
      }
    }
  }
}

/** Σ of eight frequencies times the four shares at `weights`. */
function across(first: v128, second: v128, weights: usize): v128 {
  const even = f32x4.add(
    f32x4.add(
      f32x4.mul(i32x4.shuffle(first, first, 0, 0, 0, 0), v128.load(weights)),
      f32x4.mul(i32x4.shuffle(first, first, 2, 2, 2, 2), v128.load(weights, 96)),
    ),
    f32x4.add(
      f32x4.mul(i32x4.shuffle(second, second, 0, 0, 0, 0), v128.load(weights, 192)),
      f32x4.mul(i32x4.shuffle(second, second, 2, 2, 2, 2), v128.load(weights, 288)),
    ),
  );
  const odd = f32x4.add(
    f32x4.add(
      f32x4.mul(i32x4.shuffle(first, first, 1, 1, 1, 1), v128.load(weights, 48)),
      f32x4.mul(i32x4.shuffle(first, first, 3, 3, 3, 3), v128.load(weights, 144)),
    ),
    f32x4.add(
      f32x4.mul(i32x4.shuffle(second, second, 1, 1, 1, 1), v128.load(weights, 240)),
      f32x4.mul(i32x4.shuffle(second, second, 3, 3, 3, 3), v128.load(weights, 336)),
    ),
  );
  return f32x4.add(even, odd);
}

/** Adds the block to the pixels that it covers. @param column, row its shares */
function addBlock(column: usize, row: usize, plane: usize, stride: usize): void {
  const vectors = <usize>load<u32>(column, 4);
  const count = <usize>load<u32>(row, 4);
  let line = plane + <usize>load<u32>(row) * stride + ((<usize>load<u32>(column)) << 2);
  column += shares;
  row += shares;
  for (let y: usize = 0; y < count; y++, row += 4, line += stride) {
    if (rows == 0) {
      const value = f32x4.splat(load<f32>(block) * load<f32>(row));
      for (let n: usize = 0; n < vectors << 4; n += 16) {
        const share = f32x4.mul(value, v128.load(column + n));
        v128.store(line + n, f32x4.add(v128.load(line + n), share));
      }
      continue;
    }
    let first = f32x4.splat(0);
    let second = first;
    for (let left = rows; left != 0; left &= left - 1) {
      const frequency = <usize>ctz(left);
      const weight = v128.load32_splat(row + frequency * 48);
      first = f32x4.add(first, f32x4.mul(weight, v128.load(block + (frequency << 5))));
      second = f32x4.add(second, f32x4.mul(weight, v128.load(block + (frequency << 5), 16)));
    }
    for (let n: usize = 0; n < vectors << 4; n += 16) {
      v128.store(line + n, f32x4.add(v128.load(line + n), across(first, second, column + n)));
    }
  }
}

/** Blocks of one component in one MCU. */
function readUnit(component: usize, x: usize, y: usize): bool {
  const quantization = load<u32>(component);
  const dc = load<u32>(component, 4);
  const ac = load<u32>(component, 8);
  const wide = <usize>load<u32>(component, 12);
  const high = <usize>load<u32>(component, 16);
  let row = <usize>load<u32>(component, 24) + y * high * sharesBytes;
  const plane = load<u32>(component, 28);
  const stride = <usize>load<u32>(component, 32);
  for (let v: usize = 0; v < high; v++, row += sharesBytes) {
    let column = <usize>load<u32>(component, 20) + x * wide * sharesBytes;
    for (let h: usize = 0; h < wide; h++, column += sharesBytes) {
      const level = readBlock(dc, ac, quantization, load<i32>(component, predictor));
      if (level == brokenStream) return false;
      store<i32>(component, level, predictor);
      addBlock(column, row, plane, stride);
    }
  }
  return true;
}

function forgetLevels(count: usize): void {
  for (let c: usize = 0; c < count; c++) store<i32>(components + c * componentBytes, 0, predictor);
}

/**
 * Decodes a scan that holds all components, interleaved, and adds it to their planes.
 * @param from first byte of the scan
 * @param end of the file; 16 bytes after it can be read
 * @param clean where the scan's bytes are put without stuffing, as many as there are and 4,096 more
 * @param count of components
 * @param columns, lines MCUs of the picture across and down
 * @param restart MCUs of an interval; 0 without intervals
 * @returns where the marker after the scan is, or 0 for a broken stream
 */
export function decodeScan(
  from: usize,
  end: usize,
  clean: usize,
  count: usize,
  columns: usize,
  lines: usize,
  restart: usize,
): usize {
  unstuff(from, end, clean);
  forgetLevels(count);
  let untilRestart = restart;
  let expected: u32 = 0xd0;
  for (let y: usize = 0; y < lines; y++) {
    for (let x: usize = 0; x < columns; x++) {
      if (restart > 0 && untilRestart-- == 0) {
        if (marker + 2 > end || <u32>load<u8>(marker, 1) != expected) return 0;
        expected = 0xd0 | ((expected + 1) & 7);
        unstuff(marker + 2, end, clean);
        forgetLevels(count);
        untilRestart = restart - 1;
      }
      for (let c: usize = 0; c < count; c++) {
        if (!readUnit(components + c * componentBytes, x, y)) return 0;
      }
      if (!isWithin()) return 0;
    }
  }
  return marker;
}

/** Four values as bytes, in the lowest 32 bits; rounded. */
function asBytes(values: v128): v128 {
  const whole = i32x4.trunc_sat_f32x4_s(f32x4.add(values, f32x4.splat(128.5)));
  const words = i16x8.narrow_i32x4_s(whole, whole);
  return i8x16.narrow_i16x8_u(words, words);
}

/** One row of grey as bytes; up to three after its end are written as well. */
export function toGrey(luma: usize, to: usize, width: usize): void {
  for (let x: usize = 0; x < width; x += 4) {
    store<u32>(to + x, i32x4.extract_lane(asBytes(v128.load(luma + (x << 2))), 0));
  }
}

/** One row of Y, Cb and Cr as RGB (JFIF 1.02, section 7); up to 13 bytes after its end are written as well. */
export function toRgb(luma: usize, blue: usize, red: usize, to: usize, width: usize): void {
  for (let x: usize = 0; x < width << 2; x += 16, to += 12) {
    const y = v128.load(luma + x);
    const cb = v128.load(blue + x);
    const cr = v128.load(red + x);
    const r = asBytes(f32x4.add(y, f32x4.mul(cr, f32x4.splat(1.402))));
    const difference = f32x4.add(f32x4.mul(cb, f32x4.splat(0.344136)), f32x4.mul(cr, f32x4.splat(0.714136)));
    const g = asBytes(f32x4.sub(y, difference));
    const b = asBytes(f32x4.add(y, f32x4.mul(cb, f32x4.splat(1.772))));
    const rg = i32x4.shuffle(r, g, 0, 4, 0, 4);
    v128.store(to, i8x16.shuffle(rg, b, 0, 4, 16, 1, 5, 17, 2, 6, 18, 3, 7, 19, 0, 0, 0, 0));
  }
}
