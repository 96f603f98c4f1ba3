/**
 * Entry of the process that looks at data for the host: a config for a folder of pictures, what is in the data of a
 * config, or what the found network of a run takes pictures for.
 */
import { join } from 'node:path';
import { asError, UserError } from '../errors';
import { type DataCommand, dataCommandSchema, type DataMessage } from '../protocol/dataProcess';
import { RunFolder } from '../runs/runFolder';
import { PictureClassifier } from '../study/classification';
import { DataLook } from '../study/dataLook';
import { proposeConfig } from '../study/proposal';
import { defaultThreads } from '../threads';

let look: DataLook | undefined;
let classifier: PictureClassifier | undefined;

function send(message: DataMessage): void {
  process.send?.(message);
}

async function carryOut(command: DataCommand): Promise<void> {
  const onProgress = (step: string, fraction?: number): void => send({ type: 'progress', step, fraction });
  switch (command.type) {
    case 'propose': {
      const { threads = defaultThreads() } = command;
      const { text } = await proposeConfig({ ...command, threads, onProgress });
      return send({ type: 'proposal', text });
    }
    case 'open': {
      const { text, file } = command;
      look = await DataLook.open(text, file, { packedFolder: join(__dirname, 'data'), onProgress });
      return send({ type: 'summary', summary: look.summary });
    }
    case 'pictures':
      if (look) send({ type: 'pictures', pictures: look.pictures(command.query) });
      return;
    case 'classify': {
      const { runFolder, threads = defaultThreads(), nativeFolder, pictures } = command;
      classifier ??= await PictureClassifier.open(RunFolder.open(runFolder), { threads, nativeFolder });
      return classifier.classify(pictures, { onAnswer: (answer) => send({ type: 'answer', answer }) });
    }
  }
}

async function receive(raw: unknown): Promise<void> {
  try {
    await carryOut(dataCommandSchema.parse(raw));
  } catch (error) {
    const { message, stack } = asError(error);
    const known = error instanceof UserError;
    send({ type: 'failed', message, hint: known ? error.hint : undefined, stack: known ? undefined : stack });
  }
}

// A process without its host would stay unseen.
process.on('disconnect', () => process.exit(0));
let carriedOut = Promise.resolve();
process.on('message', (message) => {
  carriedOut = carriedOut.then(() => receive(message));
});
