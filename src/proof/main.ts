/**
 * Entry of the process in which a tensor library runs generated code, is timed, or writes event files. It is one of its own so that a tensor
 * library is in memory only as long as it is needed, and takes nobody along where it crashes. Ends with its parent.
 */
import { loadBackend } from '../backend/load';
import type { openSummaries } from '../backend/summaries';
import type { BackendChoice } from '../backend/names';
import { timedSteps, type TimedSteps } from '../network/timedSteps';
import { GeneratedNetwork } from './generatedNetwork';
import { proofRequestSchema, type ProofAnswer, type ProofRequest } from './messages';

let network: GeneratedNetwork | undefined;
let steps: TimedSteps | undefined;
let write: ReturnType<typeof openSummaries> | undefined;

function build(request: Extract<ProofRequest, { type: 'build' }>): Promise<ProofAnswer> {
  return withLibrary('auto', request, () => {
    network = new GeneratedNetwork(request.code, request.weights);
  });
}

async function predict({ images, shape }: Extract<ProofRequest, { type: 'predict' }>): Promise<ProofAnswer> {
  if (!network) throw new Error('There is no network before it is built.');
  return { type: 'logits', logits: await network.predict(images, shape) };
}

function load(request: Extract<ProofRequest, { type: 'load' }>): Promise<ProofAnswer> {
  const { threads } = request;
  return withLibrary('tensorflow', request, () => {
    steps = timedSteps(request.network, { engine: 'reference', threads });
  });
}

/** Loads a tensor library, then makes what it is to compute. */
async function withLibrary(
  choice: BackendChoice,
  { threads, nativeFolder }: Extract<ProofRequest, { type: 'build' | 'load' | 'summaries' }>,
  make: () => void | Promise<void>,
): Promise<ProofAnswer> {
  let backend;
  try {
    backend = await loadBackend(choice, { threads, nativeFolder });
  } catch (error) {
    return failed('library', error);
  }
  await make();
  return { type: 'ready', engine: backend.name, version: backend.version };
}

async function step(): Promise<ProofAnswer> {
  if (!steps) throw new Error('There are no steps before the network is loaded.');
  return { type: 'timed', milliseconds: await steps.step() };
}

function openFile(request: Extract<ProofRequest, { type: 'summaries' }>): Promise<ProofAnswer> {
  return withLibrary('tensorflow', request, async () => {
    // Nothing else needs it.
    const { openSummaries } = await import('../backend/summaries');
    write = openSummaries(request.folder);
  });
}

function writePoints({ points }: Extract<ProofRequest, { type: 'write' }>): ProofAnswer {
  if (!write) throw new Error('There is no event file before it is opened.');
  write(points);
  return { type: 'written' };
}

function compute(request: ProofRequest): Promise<ProofAnswer> {
  switch (request.type) {
    case 'build':
      return build(request);
    case 'predict':
      return predict(request);
    case 'load':
      return load(request);
    case 'step':
      return step();
    case 'summaries':
      return openFile(request);
    case 'write':
      return Promise.resolve(writePoints(request));
  }
}

function failed(of: 'code' | 'library', error: unknown): ProofAnswer {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { type: 'failed', of, message, stack };
}

async function answer(raw: unknown): Promise<void> {
  let reply: ProofAnswer;
  try {
    reply = await compute(proofRequestSchema.parse(raw));
  } catch (error) {
    reply = failed('code', error);
  }
  process.send?.(reply);
}

process.on('disconnect', () => process.exit(0));
process.on('message', (message) => void answer(message));
