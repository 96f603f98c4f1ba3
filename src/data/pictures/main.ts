/** The decoder's thread: reads, decodes and fits the pictures that it is asked for, several at a time on threads of libvips. */
import { readFile } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { UserError } from '../../errors';
import { fitPicture, fittedShape } from '../fitting';
import { decodePicture } from './decode';
import { BrokenPicture } from './header';
import type { DecodeAnswer, DecodeRequest } from './messages';

async function answer({ id, file, bytes, fitting }: DecodeRequest): Promise<DecodeAnswer> {
  try {
    const picture = await decodePicture(bytes ?? (await readFile(file)));
    const shape = fittedShape(picture, fitting);
    // Copied where it is a view, so that its memory can be handed over.
    const pixels = Uint8Array.from(fitPicture(picture.pixels, picture, fitting));
    return { id, kind: 'picture', pixels, shape, isGrey: picture.channels === 1 };
  } catch (error) {
    if (error instanceof UserError)
      return { id, kind: 'unfit', message: error.message, hint: error.hint ?? '' };
    if (error instanceof BrokenPicture) return { id, kind: 'broken', reason: error.message };
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
