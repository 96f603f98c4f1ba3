/** `events.jsonl`: the append-only log of a run, one event a line. */
import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs';
import { runEventSchema, type RunEvent, type RunEventBody } from '../protocol/events';
import { explainFileError } from './atomic';

/** Events of a log, and how many lines could not be read. */
export interface ReadLog {
  readonly events: RunEvent[];
  /** Lines that are not events: a last one cut by a kill, or damage. */
  readonly unreadable: number;
}

/** Reads a log as far as it can be read. Missing file: no events. */
export function readEventLog(path: string): ReadLog {
  if (!existsSync(path)) return { events: [], unreadable: 0 };
  const events: RunEvent[] = [];
  let unreadable = 0;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line === '') continue;
    try {
      events.push(runEventSchema.parse(JSON.parse(line)));
    } catch {
      unreadable++;
    }
  }
  return { events, unreadable };
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
      this.file = openSync(path, existsSync(path) ? 'r+' : 'w+');
      cutUnfinishedLine(this.file);
    } catch (error) {
      throw explainFileError(error, path);
    }
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
