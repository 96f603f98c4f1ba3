/**
 * Checkpoints: one file each with a JSON part and float arrays, hashed, written to a temporary name and renamed. The
 * one before is kept, so that a damaged file costs a few steps and not the run.
 *
 * Layout: magic line, length of the JSON (uint32 LE), JSON, arrays (float32 LE), SHA-256 of all before.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { asError, UserError } from '../errors';
import type { Snapshot } from '../snapshot';
import { explainFileError, writeAtomically } from './atomic';

const magic = 'NAS Workbench checkpoint ';
/** Of what searches and trainings save, too: it rises when theirs changes in a way that older ones lack. */
const version = 4;
const hashBytes = 32;
const namePattern = /^(\d{8})\.checkpoint$/;

const headerSchema = z.object({
  meta: z.unknown(),
  arrays: z.array(z.object({ name: z.string(), length: z.number().int().min(0) })).readonly(),
});
type Header = z.output<typeof headerSchema>;

/** The bytes of a snapshot. */
export function encodeSnapshot(snapshot: Snapshot): Uint8Array[] {
  const entries = Object.entries(snapshot.arrays);
  const header: Header = {
    meta: snapshot.meta,
    arrays: entries.map(([name, values]) => ({ name, length: values.length })),
  };
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  const body = [
    Buffer.from(`${magic}${version}\n`),
    length,
    json,
    ...entries.map(([, values]) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  ];
  const hash = createHash('sha256');
  for (const part of body) hash.update(part);
  return [...body, hash.digest()];
}

/**
 * @throws UserError with code `checkpoint-version` for a file of another version and `checkpoint-damaged` for one
 * that is cut or changed
 */
export function decodeSnapshot(bytes: Uint8Array, source: string): Snapshot {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const damaged = (what: string): UserError =>
    new UserError(`The checkpoint ${source} is damaged: ${what}.`, undefined, 'checkpoint-damaged');
  const lineEnd = buffer.subarray(0, 64).indexOf('\n');
  const line = lineEnd < 0 ? '' : buffer.toString('utf8', 0, lineEnd);
  if (!line.startsWith(magic)) throw damaged('it does not begin as a checkpoint does');
  const found = line.slice(magic.length);
  if (found !== String(version)) {
    throw new UserError(
      `The checkpoint ${source} has version ${found}; this NAS Workbench reads version ${version}.`,
      'Resume it with the version that wrote it, or start the search anew.',
      'checkpoint-version',
    );
  }
  if (buffer.length < lineEnd + 5 + hashBytes) throw damaged(`it ends after ${buffer.length} bytes`);
  const end = buffer.length - hashBytes;
  const hash = createHash('sha256').update(buffer.subarray(0, end)).digest();
  if (!hash.equals(buffer.subarray(end))) throw damaged('its checksum is wrong, so it was cut or changed');
  const jsonStart = lineEnd + 5;
  const jsonEnd = jsonStart + buffer.readUInt32LE(lineEnd + 1);
  const { success, data: header } = headerSchema.safeParse(
    jsonOf(buffer.toString('utf8', jsonStart, jsonEnd)),
  );
  if (!success) throw damaged('it does not say what is in it');
  const announced = header.arrays.reduce((sum, array) => sum + 4 * array.length, 0);
  if (announced !== end - jsonEnd) throw damaged('its arrays are not as long as it says');
  const arrays: Record<string, Float32Array> = {};
  let offset = jsonEnd;
  for (const { name, length } of header.arrays) {
    // Copied, since the position in the file is not aligned to four bytes.
    const values = new Uint8Array(buffer.subarray(offset, offset + 4 * length));
    arrays[name] = new Float32Array(values.buffer, 0, length);
    offset += 4 * length;
  }
  return { meta: header.meta, arrays };
}

/** Undefined where the text is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @throws UserError with code `checkpoint-damaged` when the file cannot be read */
function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UserError(
      `The checkpoint ${path} cannot be read: ${explainFileError(error, path).message}`,
      undefined,
      'checkpoint-damaged',
    );
  }
}

/** The checkpoints of one run folder. */
export class CheckpointStore {
  constructor(private readonly folder: string) {}

  private numbers(): number[] {
    if (!existsSync(this.folder)) return [];
    if (!statSync(this.folder).isDirectory()) {
      throw new UserError(
        `${this.folder} is a file, and checkpoints belong into a folder of this name.`,
        'Move the file away and resume the run: it begins anew.',
        'checkpoint-damaged',
      );
    }
    const matches = readdirSync(this.folder).map((name) => namePattern.exec(name)?.[1]);
    return matches
      .filter((match) => match !== undefined)
      .map(Number)
      .sort((a, b) => b - a);
  }

  private path(number: number): string {
    return join(this.folder, `${String(number).padStart(8, '0')}.checkpoint`);
  }

  get exists(): boolean {
    return this.numbers().length > 0;
  }

  /** Writes the next checkpoint and removes all but the one before it. */
  save(snapshot: Snapshot): void {
    const [latest = 0, ...older] = this.numbers();
    writeAtomically(this.path(latest + 1), encodeSnapshot(snapshot));
    for (const number of older) rmSync(this.path(number), { force: true });
  }

  /**
   * The newest checkpoint that can be used, with a warning for each newer one that cannot.
   * @param unfit why one that can be read cannot be used, a sentence; undefined where it can
   * @returns no snapshot where all that can be read are unfit; nothing at all where there are no checkpoints
   * @throws UserError when there are checkpoints and none can be read
   */
  load(
    unfit: (snapshot: Snapshot) => string | undefined = () => undefined,
  ): { readonly snapshot: Snapshot | undefined; readonly warnings: string[] } | undefined {
    const numbers = this.numbers();
    const warnings: string[] = [];
    let first: unknown;
    for (const [i, number] of numbers.entries()) {
      const next = i + 1 < numbers.length ? ' The one before it is used.' : '';
      try {
        const snapshot = decodeSnapshot(bytesOf(this.path(number)), this.path(number));
        const reason = unfit(snapshot);
        if (reason === undefined) return { snapshot, warnings };
        warnings.push(`The checkpoint ${this.path(number)} is not used: ${reason}${next}`);
      } catch (error) {
        if (error instanceof UserError && error.code === 'checkpoint-version') throw error;
        first ??= error;
        warnings.push(`${asError(error).message}${next}`);
      }
    }
    if (numbers.length === 0) return undefined;
    if (warnings.length > 0 && first === undefined) return { snapshot: undefined, warnings };
    throw new UserError(
      `No checkpoint in ${this.folder} can be read. ${first instanceof Error ? first.message : ''}`.trim(),
      'The event log and the genotype so far are intact; start the search anew.',
      'checkpoint-damaged',
    );
  }
}
