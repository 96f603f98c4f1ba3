/** The decoder's thread: reads, decodes and fits the pictures that it is asked for. */
import { readFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { UserError } from '../../errors';
import { contentHash } from './contentHash';
import { decodeFitted } from './decode';
import { BrokenPicture, parseHeader, type PictureHeader } from './header';
import type { DecodeAnswer, DecodeRequest } from './messages';

async function answer({ id, file, bytes, fitting }: DecodeRequest): Promise<DecodeAnswer> {
  let hash: string | undefined;
  let header: PictureHeader | undefined;
  try {
    const content = bytes ?? readFileSync(file);
    if (!bytes) hash = contentHash(content);
    header = parseHeader(content);
    return { id, hash, header, kind: 'picture', ...(await decodeFitted(content, header, fitting)) };
  } catch (error) {
    if (error instanceof UserError)
      return { id, kind: 'unfit', message: error.message, hint: error.hint ?? '' };
    if (error instanceof BrokenPicture) return { id, hash, header, kind: 'broken', reason: error.message };
    return { id, kind: 'broken', reason: `it cannot be read (${(error as Error).message})` };
  }
}

/** Files at a time: while libvips decodes one, what was made of another is fitted. */
const runners = 2;
/** Answers go together, as a message costs as much as a small file; but none waits for longer than so many milliseconds. */
const mostTogether = 8;
const longestWait = 50;

const requests: DecodeRequest[] = [];
let answers: DecodeAnswer[] = [];
let running = 0;
let posted = performance.now();

function post(): void {
  const moved = answers.flatMap((each) =>
    each.kind === 'picture' ? [each.pixels.buffer as ArrayBuffer] : [],
  );
  parentPort!.postMessage(answers, moved);
  answers = [];
  posted = performance.now();
}

async function run(): Promise<void> {
  running++;
  for (let request = requests.shift(); request; request = requests.shift()) {
    const answered = await answer(request);
    // Not in one line: that would add it to the list that was there before it was waited for.
    answers.push(answered);
    if (answers.length >= mostTogether || performance.now() - posted > longestWait) post();
  }
  running--;
  if (running === 0 && answers.length > 0) post();
}

parentPort!.on('message', (asked: readonly DecodeRequest[]) => {
  requests.push(...asked);
  while (running < runners && requests.length > 0) void run();
});

parentPort!.postMessage('ready');
