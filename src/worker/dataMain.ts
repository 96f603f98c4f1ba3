/**
 * Entry of the process that looks at data for the host: a config for a folder of pictures, what is in the data of a
 * config, what the found network of a run takes pictures for, or an export that Python makes.
 */
import { join } from 'node:path';
import { asError, UserError } from '../errors';
import { setUpPython } from '../export/python/setUp';
import { type DataCommand, dataCommandSchema, type DataMessage } from '../protocol/dataProcess';
import { RunFolder } from '../runs/runFolder';
import { PictureClassifier } from '../study/classification';
import { DataLook } from '../study/dataLook';
import { convertNetwork } from '../study/conversion';
import { proposeConfig } from '../study/proposal';
import { defaultThreads } from '../threads';

let look: DataLook | undefined;
let classifier: PictureClassifier | undefined;
const cancelled = new AbortController();

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
    case 'export': {
      const { runFolder, threads = defaultThreads(), ...order } = command;
      const said = await convertNetwork(RunFolder.open(runFolder), order, {
        ...{ threads, packedFolder: join(__dirname, 'data'), signal: cancelled.signal },
        onStep: onProgress,
      });
      return send({ type: 'exported', said });
    }
    case 'setUpPython':
      onProgress('Keras and TensorFlow');
      await setUpPython(cancelled.signal);
      return send({ type: 'pythonReady' });
    case 'cancel':
      return;
  }
}

async function receive(raw: unknown): Promise<void> {
  try {
    await carryOut(dataCommandSchema.parse(raw));
  } catch (error) {
    const { message, stack } = asError(error);
    const told = error instanceof UserError ? { hint: error.hint, code: error.code } : { stack };
    send({ type: 'failed', message, ...told });
  }
}

// A process without its host would stay unseen.
process.on('disconnect', () => {
  cancelled.abort();
  process.exit(0);
});
let carriedOut = Promise.resolve();
process.on('message', (message) => {
  // Heard before what is under way ends.
  if ((message as { type?: unknown }).type === 'cancel') cancelled.abort();
  carriedOut = carriedOut.then(() => receive(message));
});
