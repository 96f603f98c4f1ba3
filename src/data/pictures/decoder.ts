/**
 * Decodes pictures on threads, a decoder on each, so that a file on which one breaks down or stands still takes nothing with it: such
 * a file is tried once more by itself, and is broken if that ends alike.
 */
import { Worker } from 'node:worker_threads';
import { asError } from '../../errors';
import { builtFile } from '../../builtFile';
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
  /** Decoders, which decode one picture at a time each. */
  readonly threads: number;
  readonly signal?: AbortSignal;
  /** The decoder's program; replaced by tests. */
  readonly program?: string;
  /** Every file is answered once, in any order. @param index in `files` */
  onAnswer(index: number, answer: DecodeAnswer): void;
}

/** Files of a pass that ended early: asked for and not answered, so that one of them is to blame. */
type Suspects = readonly number[];

/**
 * Decoders that are through with a load, for the next one: to start one takes half a second of a processor. They keep no process
 * alive, and end when nothing is loaded for a while, since each takes some 50 MB, and 150 MB once it has used libvips.
 */
const idle: {
  readonly worker: Worker;
  readonly program: string;
  readonly timer: NodeJS.Timeout;
  /** Whether it has said so. */
  isReady: boolean;
}[] = [];
/** Milliseconds for which a decoder is kept. */
const kept = 5000;
/** After a load of more files decoders end at once: it took long anyway, and what comes next needs memory itself. */
const mostForKept = 1000;

function forget(worker: Worker): void {
  const position = idle.findIndex((each) => each.worker === worker);
  if (position >= 0) clearTimeout(idle.splice(position, 1)[0]!.timer);
}

/** Takes away what a pass listens with; Node has listeners of its own at a worker. */
function unheard(worker: Worker): Worker {
  for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
  return worker;
}

/** What a thread says while it ends is nobody's business. */
async function terminate(worker: Worker): Promise<void> {
  unheard(worker);
  worker.on('error', () => undefined);
  await worker.terminate();
}

/** Keeps a decoder that owes no answer, unless it be its first. */
function keep(worker: Worker, program: string, isReady = true): void {
  const end = (): void => {
    forget(worker);
    void terminate(worker);
  };
  unheard(worker).on('error', end).on('exit', end).unref();
  const entry = { worker, program, timer: setTimeout(end, kept).unref(), isReady };
  idle.push(entry);
  if (!isReady) worker.on('message', () => (entry.isReady = true));
}

function start(program: string): Worker {
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1', VIPS_CONCURRENCY: '1' };
  return new Worker(program, { env, name: 'decoder' });
}

/** Starts decoders for as many files, so that they are there once it is known what to decode. */
export function startDecoders(files: number, threads: number): void {
  const program = builtFile('decoder.js');
  for (let missing = decodersFor(files, threads) - idle.length; missing > 0; missing--)
    keep(start(program), program, false);
}

/** @returns a decoder, and whether it has said already that it is ready */
function takeDecoder(program: string): { worker: Worker; isReady: boolean } {
  const known = idle.find((each) => each.program === program);
  if (known) {
    forget(known.worker);
    unheard(known.worker).ref();
    return { worker: known.worker, isReady: known.isReady };
  }
  return { worker: start(program), isReady: false };
}

/**
 * Files that a decoder has to do or has been asked for, at most: a message for each file would cost as much as a small file itself. The
 * fewer are left, the fewer it is asked for, so that no decoder has the last ones alone.
 */
const mostAsked = 16;
const leastAsked = 2;
/** Milliseconds without an answer after which a decoder is taken to stand still. */
const patience = 120_000;
/** Files for which a further decoder is worth its start. */
const worthwhile = 50;

function decodersFor(files: number, threads: number): number {
  return Math.min(threads, Math.ceil(files / worthwhile));
}

/** What becomes of a picture whose bytes cannot be had: it is broken, or whatever holds it is. */
function asUnread(id: number, error: unknown): readonly DecodeAnswer[] | Error {
  return error instanceof BrokenPicture ? [{ id, kind: 'broken', reason: error.message }] : asError(error);
}

/**
 * Decodes files by one decoder until none is left or it breaks down.
 * @param take gives the next file's index
 * @param parallel gives how many it may be asked for at once
 */
function pass(
  take: () => number | undefined,
  parallel: () => number,
  options: DecodeOptions,
  signal: AbortSignal,
): Promise<Suspects> {
  const { files, bytesOf, fitting, onAnswer } = options;
  const program = options.program ?? builtFile('decoder.js');
  const decoder = takeDecoder(program);
  const { worker } = decoder;
  const open = new Set<number>();
  return new Promise<Suspects>((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let ended = false;
    const leave = (): void => {
      ended = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
    };
    const end = (settle: () => void): void => {
      leave();
      void terminate(worker).then(settle, settle);
    };
    const giveUp = (): void => end(() => resolve([...open]));
    const finish = (): void => {
      if (files.length > mostForKept) return end(() => resolve([]));
      leave();
      keep(worker, program);
      resolve([]);
    };
    const cancel = (): void => end(() => reject(asError(signal.reason)));
    const ask = (): void => {
      // Whoever hears an answer may cancel; a timer set after that would keep the process for as long as it runs.
      if (ended) return;
      clearTimeout(timer);
      timer = setTimeout(giveUp, patience);
      const requests: DecodeRequest[] = [];
      for (const most = parallel(); open.size < most;) {
        const id = take();
        if (id === undefined) break;
        open.add(id);
        const request = { id, file: files[id]!, fitting };
        const reading = bytesOf?.(id);
        if (reading)
          reading.then(
            (bytes) => send([{ ...request, bytes }]),
            (error) => hear(asUnread(id, error)),
          );
        else requests.push(request);
      }
      if (open.size === 0) finish();
      else if (requests.length > 0) send(requests);
    };
    const send = (requests: readonly DecodeRequest[]): void => {
      if (!ended) worker.postMessage(requests);
    };
    const hear = (answers: readonly DecodeAnswer[] | Error): void => {
      if (ended) return;
      if (answers instanceof Error) return end(() => reject(answers));
      try {
        for (const answer of answers) {
          open.delete(answer.id);
          onAnswer(answer.id, answer);
          // Whoever heard it may have cancelled.
          if (ended) return;
        }
      } catch (error) {
        return end(() => reject(asError(error)));
      }
      ask();
    };
    let { isReady } = decoder;
    const fail = (error: Error): void => (isReady ? giveUp() : end(() => reject(error)));
    worker.on('message', (answers: readonly DecodeAnswer[] | 'ready') => {
      if (answers === 'ready') {
        isReady = true;
        return ask();
      }
      hear(answers);
    });
    worker.on('error', fail);
    worker.on('exit', (code) => fail(new Error(`The decoder of pictures ended by itself (${code}).`)));
    signal.addEventListener('abort', cancel);
    if (signal.aborted) cancel();
    else if (isReady) ask();
  });
}

/**
 * @throws UserError with code `cancelled` when the signal was raised, what `onAnswer` throws, and an Error where the decoder does
 * not start
 */
export async function decodePictures(options: DecodeOptions): Promise<void> {
  const { files, signal, threads, onAnswer } = options;
  stopIfCancelled(signal);
  const ending = new AbortController();
  const cancel = (): void => {
    try {
      stopIfCancelled(signal);
    } catch (error) {
      ending.abort(error);
    }
  };
  signal?.addEventListener('abort', cancel);
  let next = 0;
  const take = (): number | undefined => (next < files.length ? next++ : undefined);
  const decoders = decodersFor(files.length, threads);
  const parallel = (): number =>
    Math.max(leastAsked, Math.min(mostAsked, Math.ceil((files.length - next) / (4 * decoders))));
  const suspects: number[] = [];
  const decode = async (): Promise<void> => {
    try {
      while (next < files.length) suspects.push(...(await pass(take, parallel, options, ending.signal)));
    } catch (error) {
      // The first error ends the other decoders, too.
      ending.abort(error);
    }
  };
  try {
    await Promise.all(Array.from({ length: decoders }, decode));
    ending.signal.throwIfAborted();
    for (const index of suspects) {
      const alone = [index];
      const rest = await pass(
        () => alone.pop(),
        () => 1,
        options,
        ending.signal,
      );
      if (rest.length > 0)
        onAnswer(index, { id: index, kind: 'broken', reason: 'the decoder breaks down at it' });
    }
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}
