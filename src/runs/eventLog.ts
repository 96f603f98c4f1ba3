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
import { UserError } from '../errors';
import { runEventSchema, type RunEvent, type RunEventBody } from '../protocol/events';
import { explainFileError } from './atomic';

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
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  const unreadable: number[] = [];
  lines.forEach((line, i) => {
    if (line === '') return;
    try {
      events.push(runEventSchema.parse(JSON.parse(line)));
    } catch {
      unreadable.push(i + 1);
    }
  });
  if (unreadable.length === 0) return { events, unreadable: 0 };
  const count = `${unreadable.length} of ${lines.length} lines`;
  const why = 'they are no events of this version, or damaged';
  const notice = `${count} of ${path} are left out: ${why}. The first is line ${unreadable[0]}.`;
  return { events, unreadable: unreadable.length, notice };
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
