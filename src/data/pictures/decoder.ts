/**
 * Decodes pictures on threads. The decoder lives on a thread of its own, so that a file on which it breaks down or stands still takes
 * nothing with it: such a file is tried once more by itself, and is broken if that ends alike.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Fitting, stopIfCancelled } from '../dataSet';
import { BrokenPicture } from './header';
import type { DecodeAnswer, DecodeRequest } from './messages';

export interface DecodeOptions {
  readonly files: readonly string[];
  /**
   * Bytes of a picture that has no file of its own; undefined where it has.
   * @throws BrokenPicture where there are none
   */
  bytesOf?(index: number): Promise<Uint8Array> | undefined;
  readonly fitting: Fitting;
  /** Pictures that are decoded at a time. */
  readonly threads: number;
  readonly signal?: AbortSignal;
  /** Milliseconds without an answer after which the decoder is taken to stand still. */
  readonly patience?: number;
  /** The decoder's program; replaced by tests. */
  readonly program?: string;
  /** Every file is answered once, in any order. @param index in `files` */
  onAnswer(index: number, answer: DecodeAnswer): void;
}

/** Beside the bundle, or in dist/ where the sources run as they are. */
function builtProgram(): string {
  const beside = path.join(__dirname, 'decoder.js');
  return existsSync(beside) ? beside : path.join(__dirname, '../../../dist/decoder.js');
}

/** Files of a pass that ended early. */
interface Rest {
  /** Asked for and not answered: one of them is to blame. */
  readonly suspects: readonly number[];
  readonly waiting: readonly number[];
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** What becomes of a picture whose bytes cannot be had: it is broken, or whatever holds it is. */
function asUnread(id: number, error: unknown): DecodeAnswer | Error {
  return error instanceof BrokenPicture ? { id, kind: 'broken', reason: error.message } : asError(error);
}

/** Decodes files by one decoder until all are answered or it breaks down. */
function pass(indices: readonly number[], parallel: number, options: DecodeOptions): Promise<Rest> {
  const { files, bytesOf, fitting, threads, signal, patience = 120_000, onAnswer } = options;
  const env = { ...process.env, UV_THREADPOOL_SIZE: `${threads}`, VIPS_CONCURRENCY: '1' };
  const worker = new Worker(options.program ?? builtProgram(), { env, name: 'decoder' });
  const asked = new Set<number>();
  let next = 0;
  return new Promise<Rest>((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let ended = false;
    const end = (settle: () => void): void => {
      ended = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      worker.removeAllListeners();
      // What a thread says while it ends is nobody's business.
      worker.on('error', () => undefined);
      void worker.terminate().then(settle, settle);
    };
    const leave = (): void => end(() => resolve({ suspects: [...asked], waiting: indices.slice(next) }));
    const cancel = (): void =>
      end(() => {
        try {
          stopIfCancelled(signal);
        } catch (error) {
          reject(asError(error));
        }
      });
    const ask = (): void => {
      // Whoever hears an answer may cancel; a timer set after that would keep the process for as long as it runs.
      if (ended) return;
      clearTimeout(timer);
      timer = setTimeout(leave, patience);
      while (asked.size < parallel && next < indices.length) {
        const id = indices[next++]!;
        asked.add(id);
        const request = { id, file: files[id]!, fitting };
        const reading = bytesOf?.(id);
        if (reading)
          reading.then(
            (bytes) => send({ ...request, bytes }),
            (error) => hear(asUnread(id, error)),
          );
        else send(request);
      }
      if (asked.size === 0) leave();
    };
    const send = (request: DecodeRequest): void => {
      if (!ended) worker.postMessage(request);
    };
    const hear = (answer: DecodeAnswer | Error): void => {
      if (ended) return;
      if (answer instanceof Error) return end(() => reject(answer));
      asked.delete(answer.id);
      try {
        onAnswer(answer.id, answer);
      } catch (error) {
        return end(() => reject(asError(error)));
      }
      ask();
    };
    let isReady = false;
    const fail = (error: Error): void => (isReady ? leave() : end(() => reject(error)));
    worker.on('message', (answer: DecodeAnswer | 'ready') => {
      if (answer === 'ready') {
        isReady = true;
        return ask();
      }
      hear(answer);
    });
    worker.on('error', fail);
    worker.on('exit', (code) => fail(new Error(`The decoder of pictures ended by itself (${code}).`)));
    signal?.addEventListener('abort', cancel);
  });
}

/**
 * @throws UserError with code `cancelled` when the signal was raised, what `onAnswer` throws, and an Error where the decoder does
 * not start
 */
export async function decodePictures(options: DecodeOptions): Promise<void> {
  stopIfCancelled(options.signal);
  const suspects: number[] = [];
  for (let waiting: readonly number[] = [...options.files.keys()]; waiting.length > 0;) {
    // One more than there are threads, so that none waits for the next file.
    const rest = await pass(waiting, options.threads + 1, options);
    suspects.push(...rest.suspects);
    waiting = rest.waiting;
  }
  for (const index of suspects) {
    const rest = await pass([index], 1, options);
    if (rest.suspects.length === 0) continue;
    options.onAnswer(index, { id: index, kind: 'broken', reason: 'the decoder breaks down at it' });
  }
}
