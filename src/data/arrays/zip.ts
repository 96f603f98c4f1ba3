/**
 * ZIP archives as NumPy's `savez` and `savez_compressed` write them (APPNOTE.TXT 6.3.10, sections 4.3–4.5): members that are
 * stored or deflated, with sizes of 64 bits where they need them. Read by this file rather than by a library because the facts
 * of a data set are wanted at once, from the first bytes of a member: the kept libraries either answer later
 * (yauzl, zip.js) or hold and unpack whole archives with memory that the headers ask for (fflate).
 */
import { pipeline } from 'node:stream';
import { constants, crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import { broken } from '../broken';
import { UserError } from '../../errors';
import { type ByteSource, filePieces, pieceBytes, plainSource, readAt, sizeOf } from './byteSource';

/** A file in an archive, as the directory at the archive's end describes it. */
export interface ZipMember {
  readonly name: string;
  /** Of the whole archive, for messages. */
  readonly file: string;
  readonly flags: number;
  readonly method: number;
  readonly packedSize: number;
  readonly size: number;
  readonly checksum: number;
  /** Where its own header lies. */
  readonly position: number;
}

const signatures = {
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
  entry: 0x02014b50,
  member: 0x04034b50,
};
const endBytes = 22;
const largestComment = 0xffff;
/** Says that the value stands in the record of 64 bits. */
const [elsewhere16, elsewhere32] = [0xffff, 0xffff_ffff];
const [stored, deflated] = [0, 8];
/** No deflated byte gives more: the longest match of 258 bytes takes two bits (zlib, technical details). */
const largestRatio = 1032;

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Sizes beyond 2⁵³ are no longer exact, but then they are larger than any file. */
function uint64(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

interface Directory {
  readonly entries: number;
  readonly size: number;
  readonly position: number;
}

/** Where the directory is, from the record at the end of the file, behind which a comment may stand. */
function findDirectory(file: string): Directory {
  const length = sizeOf(file);
  const tailAt = Math.max(0, length - endBytes - largestComment);
  const tail = viewOf(readAt(file, tailAt, length - tailAt));
  let end = tail.byteLength - endBytes;
  const isEnd = (at: number): boolean =>
    tail.getUint32(at, true) === signatures.end &&
    at + endBytes + tail.getUint16(at + 20, true) === tail.byteLength;
  while (end >= 0 && !isEnd(end)) end--;
  if (end < 0) throw broken(file, 'the directory at the end of the archive is missing: it is cut short.');
  const [entries, size, position] = [
    tail.getUint16(end + 10, true),
    tail.getUint32(end + 12, true),
    tail.getUint32(end + 16, true),
  ];
  if (entries !== elsewhere16 && size !== elsewhere32 && position !== elsewhere32) {
    return { entries, size, position };
  }
  const locator = viewOf(readAt(file, tailAt + end - 20, 20));
  const wrong = () => broken(file, 'the 64-bit directory at the end of the archive is broken.');
  if (locator.byteLength < 20 || locator.getUint32(0, true) !== signatures.locator64) throw wrong();
  const record = viewOf(readAt(file, uint64(locator, 8), 56));
  if (record.byteLength < 56 || record.getUint32(0, true) !== signatures.end64) throw wrong();
  return { entries: uint64(record, 32), size: uint64(record, 40), position: uint64(record, 48) };
}

/** Sizes and position that need 64 bits, from the field 0x0001 behind an entry's name, in this order where they are there. */
function wideValues(extra: DataView, values: readonly number[]): number[] | undefined {
  for (let at = 0; at + 4 <= extra.byteLength;) {
    const [id, length] = [extra.getUint16(at, true), extra.getUint16(at + 2, true)];
    const end = at + 4 + length;
    if (end > extra.byteLength) return undefined;
    if (id === 1) {
      let next = at + 4;
      const wide = values.map((value) => {
        if (value !== elsewhere32) return value;
        next += 8;
        return next <= end ? uint64(extra, next - 8) : NaN;
      });
      return wide.some(Number.isNaN) ? undefined : wide;
    }
    at = end;
  }
  return values.includes(elsewhere32) ? undefined : [...values];
}

/**
 * The members of an archive, in the order of its directory.
 * @throws UserError when the file cannot be read or its directory is broken
 */
export function zipMembers(file: string): ZipMember[] {
  const { entries, size, position } = findDirectory(file);
  const bytes = readAt(file, position, size);
  if (bytes.length < size) throw broken(file, 'the directory at the end of the archive is cut short.');
  const view = viewOf(bytes);
  const members: ZipMember[] = [];
  let at = 0;
  for (let entry = 0; entry < entries; entry++) {
    const wrong = () => broken(file, `entry ${entry + 1} of the archive's directory is broken.`);
    if (at + 46 > bytes.length || view.getUint32(at, true) !== signatures.entry) throw wrong();
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) =>
      view.getUint16(at + field, true),
    ) as [number, number, number];
    const nameAt = at + 46;
    const extraAt = nameAt + nameLength;
    const next = extraAt + extraLength + commentLength;
    if (next > bytes.length) throw wrong();
    const extra = viewOf(bytes.subarray(extraAt, extraAt + extraLength));
    const written = [24, 20, 42].map((field) => view.getUint32(at + field, true));
    const wide = wideValues(extra, written);
    if (!wide) throw wrong();
    members.push({
      name: new TextDecoder().decode(bytes.subarray(nameAt, extraAt)),
      file,
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      checksum: view.getUint32(at + 16, true),
      size: wide[0]!,
      packedSize: wide[1]!,
      position: wide[2]!,
    });
    at = next;
  }
  return members;
}

/**
 * The bytes of a member, unpacked when they are asked for.
 * @throws UserError when it is packed in another way, or says more of itself than the file holds
 */
export function memberSource(member: ZipMember): ByteSource {
  const { file, name, method, size, packedSize } = member;
  const fail = (problem: string, hint?: string) => broken(file, `its member "${name}" ${problem}`, hint);
  const save = 'Save the arrays with numpy.savez or numpy.savez_compressed.';
  if ((member.flags & 1) !== 0) throw fail('is encrypted.', save);
  if (method !== stored && method !== deflated) {
    throw fail(`is packed by method ${method}, which is neither stored nor deflated.`, save);
  }
  const header = viewOf(readAt(file, member.position, 30));
  if (header.byteLength < 30 || header.getUint32(0, true) !== signatures.member) {
    throw fail('is not where the directory of the archive says.');
  }
  const start = member.position + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  if (start + packedSize > sizeOf(file)) throw fail('is cut short.');
  if (method === stored && packedSize !== size) {
    throw fail(`has ${packedSize} bytes where the directory asks for ${size}.`);
  }
  if (size > largestRatio * (packedSize + 1)) {
    throw fail(`asks for ${size} bytes, which ${packedSize} packed ones cannot hold.`);
  }
  const raw = plainSource(file, start, packedSize);
  return method === stored
    ? checked(raw, member, fail)
    : checked(inflated(raw, member, start, fail), member, fail);
}

type Fail = (problem: string, hint?: string) => UserError;

function inflated(
  raw: ByteSource,
  { file, size, packedSize }: ZipMember,
  start: number,
  fail: Fail,
): ByteSource {
  const wrong = (error: unknown) =>
    error instanceof UserError ? error : fail(`is broken (${(error as Error).message}).`);
  const attempt = (work: () => Uint8Array): Uint8Array => {
    try {
      return work();
    } catch (error) {
      throw wrong(error);
    }
  };
  const limit = { maxOutputLength: Math.max(1, size) };
  return {
    length: size,
    start: (count) =>
      attempt(() => {
        const finishFlush = constants.Z_SYNC_FLUSH;
        const bytes = inflateRawSync(raw.start(count), { ...limit, finishFlush });
        return bytes.subarray(0, count);
      }),
    all: () => attempt(() => inflateRawSync(raw.all(), limit)),
    async *pieces() {
      const unpacking = createInflateRaw({ chunkSize: pieceBytes });
      // The loop hears of errors of either stream, since a pipeline destroys both.
      pipeline(filePieces(file, start, packedSize), unpacking, () => undefined);
      try {
        for await (const piece of unpacking) yield piece as Uint8Array;
      } catch (error) {
        throw wrong(error);
      }
    },
  };
}

/** All bytes of a member with its length and checksum compared. */
function checked(source: ByteSource, { size, checksum }: ZipMember, fail: Fail): ByteSource {
  const require = (length: number, sum: number): void => {
    if (length !== size) throw fail(`has ${length} bytes where the directory asks for ${size}.`);
    if (sum !== checksum) throw fail('is damaged: its checksum differs.');
  };
  return {
    ...source,
    all: () => {
      const bytes = source.all();
      require(bytes.length, crc32(bytes));
      return bytes;
    },
    async *pieces() {
      let [length, sum] = [0, 0];
      for await (const piece of source.pieces()) {
        length += piece.length;
        if (length > size) throw fail(`has more bytes than the ${size} of the directory.`);
        sum = crc32(piece, sum);
        yield piece;
      }
      require(length, sum);
    },
  };
}
