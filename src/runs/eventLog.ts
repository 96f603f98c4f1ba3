/** `events.jsonl`: the append-only log of a run, one event a line. */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../errors';
import { runEventSchema, type RunEvent, type RunEventBody } from '../protocol/events';
import { explainFileError, syncFolder } from './atomic';

/** Most lines of a log, as a share of all, without which it still tells what the run did. */
const mostUnreadable = 0.1;

/** Events of a log, and how many lines could not be read. */
export interface ReadLog {
  readonly events: RunEvent[];
  /** Lines that are not events. A last line that is not complete is none: it is being written, or a kill cut it short. */
  readonly unreadable: number;
  /** A sentence on the unreadable lines, where there are any. */
  readonly notice?: string;
}

/** Reads a log as far as it can be read. Missing file: no events. */
export function readEventLog(path: string): ReadLog {
  if (!existsSync(path)) return { events: [], unreadable: 0 };
  const events: RunEvent[] = [];
  const unreadable: number[] = [];
  let lines = 0;
  for (const line of linesOf(path)) {
    lines++;
    if (line.length === 0) continue;
    const event = parsedEvent(line);
    if (event) events.push(event);
    else unreadable.push(lines);
  }
  if (unreadable.length === 0) return { events, unreadable: 0 };
  const count = `${unreadable.length} of ${lines} lines`;
  const why = 'they are no events of this version, or damaged';
  const notice = `${count} of ${path} are left out: ${why}. The first is line ${unreadable[0]}.`;
  return { events, unreadable: unreadable.length, notice };
}

/** Undefined where a line is no event. */
function parsedEvent(line: Buffer): RunEvent | undefined {
  try {
    return runEventSchema.parse(JSON.parse(line.toString('utf8')));
  } catch {
    return undefined;
  }
}

/** Bytes that are read at once: a log may be longer than a string can be. */
const pieceBytes = 1 << 20;

/** Complete lines of a file, without their ends. */
function* linesOf(path: string): Generator<Buffer, void, undefined> {
  try {
    yield* linesOfFile(path);
  } catch (error) {
    throw error instanceof UserError ? error : explainFileError(error, path);
  }
}

function* linesOfFile(path: string): Generator<Buffer, void, undefined> {
  const file = openSync(path, 'r');
  try {
    const piece = Buffer.alloc(pieceBytes);
    let rest: Buffer[] = [];
    for (;;) {
      const read = readSync(file, piece, 0, piece.length, null);
      if (read === 0) return;
      let start = 0;
      for (;;) {
        const end = piece.subarray(0, read).indexOf(0x0a, start);
        if (end < 0) break;
        yield Buffer.concat([...rest, piece.subarray(start, end)]);
        rest = [];
        start = end + 1;
      }
      // A copy, since the piece is read into again.
      rest.push(Buffer.from(piece.subarray(start, read)));
    }
  } finally {
    closeSync(file);
  }
}

/**
 * The log of a run that something is to be made of.
 * @throws UserError when more than a tenth of its lines cannot be read
 */
export function requireEventLog(path: string): Pick<ReadLog, 'events' | 'notice'> {
  const { events, unreadable, notice } = readEventLog(path);
  if (notice === undefined || unreadable <= mostUnreadable * (events.length + unreadable)) {
    return { events, notice };
  }
  throw new UserError(
    notice,
    'Without them nobody can say what the run did. Copy the file again, or start a new run.',
    'left-out',
  );
}

/** Appends events, giving each its place and time. */
export class EventLog {
  private readonly file: number;
  private next: number;

  /**
   * Opens or creates the log. A last line that a kill cut short is removed: it was never complete.
   * @throws UserError when the file cannot be written
   */
  constructor(
    private readonly path: string,
    private readonly now: () => number = Date.now,
  ) {
    this.next = readEventLog(path).events.reduce((last, event) => Math.max(last, event.seq), -1) + 1;
    try {
      const isNew = !existsSync(path);
      this.file = openSync(path, isNew ? 'w+' : 'r+');
      cutUnfinishedLine(this.file);
      if (isNew) syncFolder(dirname(path));
    } catch (error) {
      throw explainFileError(error, path);
    }
  }

  /** Waits until all events so far are on the disk: what a checkpoint covers has to outlive a power cut as it does. */
  sync(): void {
    try {
      fdatasyncSync(this.file);
    } catch (error) {
      throw explainFileError(error, this.path);
    }
  }

  /**
   * Makes the log ready to go on from a checkpoint: what a power cut left behind the events that it covers is cut off where it cannot be
   * read, as all of that is superseded, and the next event comes after them.
   * @param keep `seq` of the last event that the checkpoint covers; −1: the run begins anew
   * @throws UserError when the file cannot be written
   */
  continueFrom(keep: number): void {
    let at = 0;
    let last = -1;
    for (const line of linesOf(this.path)) {
      const event = parsedEvent(line);
      if (event) last = event.seq;
      else if (line.length > 0 && last >= keep) break;
      at += line.length + 1;
    }
    try {
      if (at < fstatSync(this.file).size) ftruncateSync(this.file, at);
    } catch (error) {
      throw explainFileError(error, this.path);
    }
    this.next = Math.max(this.next, keep + 1);
  }

  /** `seq` of the last event. */
  get lastSeq(): number {
    return this.next - 1;
  }

  /** @throws UserError when the disk is full; the log then ends with the event before */
  append(body: RunEventBody): RunEvent {
    const line = JSON.stringify({ seq: this.next, time: this.now(), ...body });
    const end = fstatSync(this.file).size;
    const bytes = Buffer.from(`${line}\n`);
    try {
      for (let written = 0; written < bytes.length;) {
        written += writeSync(this.file, bytes, written, bytes.length - written, end + written);
      }
    } catch (error) {
      ftruncateSync(this.file, end);
      throw explainFileError(error, this.path);
    }
    this.next++;
    // Read back, so that what is streamed is to the letter what the log holds.
    return JSON.parse(line) as RunEvent;
  }

  close(): void {
    closeSync(this.file);
  }
}

function cutUnfinishedLine(file: number): void {
  const size = fstatSync(file).size;
  const byte = Buffer.alloc(1);
  let end = size;
  while (end > 0) {
    readSync(file, byte, 0, 1, end - 1);
    if (byte[0] === 0x0a) break;
    end--;
  }
  if (end < size) ftruncateSync(file, end);
}
