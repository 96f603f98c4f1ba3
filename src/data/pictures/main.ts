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

parentPort!.on('message', (request: DecodeRequest) => {
  void answer(request).then((answered) => {
    const moved = answered.kind === 'picture' ? [answered.pixels.buffer as ArrayBuffer] : [];
    parentPort!.postMessage(answered, moved);
  });
});

parentPort!.postMessage('ready');
