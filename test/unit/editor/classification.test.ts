import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mock } from 'node:test';
import { UserError } from '../../../src/errors';
import { Classification, keptIdle } from '../../../src/editor/dashboard/classification';
import { RunSession } from '../../../src/editor/run/session';
import {
  type ClassificationMessage,
  keptAnswers,
  type PictureAnswer,
  type PictureOrigin,
} from '../../../src/protocol/classification';
import type { DataMessage } from '../../../src/protocol/dataProcess';
import { makeRun, temporaryFolder } from './support';

/** A process that answers when the test says so. */
interface Started {
  readonly asked: [string, ...string[]][];
  answer(name: string): void;
  say(message: DataMessage): void;
  ended: boolean;
}

const picture = (name: string): PictureOrigin => ({ name, file: `/photos/${name}` });

const answerOf = (name: string): PictureAnswer => ({
  ...{ kind: 'classified', name, likely: [{ label: 0, name: 'cat', probability: 1 }] },
  picture: { height: 1, width: 1, channels: 1, pixels: Uint8Array.of(7) },
});

describe('the classification of a dashboard', () => {
  let sent: ClassificationMessage[];
  let processes: Started[];
  let logged: string[];
  let classification: Classification;
  let startError: Error | undefined;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    [sent, processes, logged, startError] = [[], [], [], undefined];
    classification = new Classification({
      send: (message) => sent.push(message),
      log: (line) => logged.push(line),
      start(listener) {
        if (startError) throw startError;
        const process: Started = {
          asked: [],
          ended: false,
          say: (message) => listener.message(message),
          answer: (name) => listener.message({ type: 'answer', answer: answerOf(name) }),
        };
        processes.push(process);
        return {
          ask: (run, pictures) => process.asked.push([run, ...pictures.map(({ name }) => name)]),
          dispose: () => (process.ended = true),
        };
      },
    });
    classification.attach('/runs/1');
    sent.length = 0;
  });
  afterEach(() => mock.timers.reset());

  /** Names of the answers, and how far it is, of every message. */
  const told = () =>
    sent
      .splice(0)
      .map(({ answers, progress }) => [
        ...answers.map(({ name }) => name),
        ...(progress ? [`${progress.answered}/${progress.asked}`] : []),
      ]);

  it('asks one process about all pictures, and tells each answer with how far it is', () => {
    classification.ask([picture('a'), picture('b')]);
    classification.ask([picture('c')]);
    const [process, ...others] = processes;
    assert.deepEqual(process!.asked, [
      ['/runs/1', 'a', 'b'],
      ['/runs/1', 'c'],
    ]);
    for (const name of ['a', 'b', 'c']) process!.answer(name);
    classification.ask([picture('d')]);
    assert.deepEqual(told(), [['0/2'], ['0/3'], ['a', '1/3'], ['b', '2/3'], ['c'], ['0/1']]);
    assert.equal(others.length, 0);
  });

  it('tells a page that comes back all that is kept, and a page of another run nothing of it', () => {
    classification.ask(Array.from({ length: keptAnswers + 3 }, (_, i) => picture(`${i}`)));
    for (let i = 0; i < keptAnswers + 2; i++) processes[0]!.answer(`${i}`);
    sent.length = 0;
    classification.tellAll();
    const { whole, answers, progress } = sent.pop()!;
    assert.deepEqual([whole, answers.length, answers[0]!.name], [true, keptAnswers, '2']);
    assert.deepEqual(progress, { asked: keptAnswers + 3, answered: keptAnswers + 2 });
    classification.attach('/runs/1');
    assert.equal(sent.length, 0);
    classification.attach('/runs/2');
    assert.deepEqual(sent.pop(), {
      ...{ type: 'classification', whole: true, answers: [], progress: undefined, failure: undefined },
    });
    assert.equal(processes[0]!.ended, true);
  });

  it('ends the process when it is cancelled, hears no more of it, and starts another for the next picture', () => {
    classification.ask([picture('a'), picture('b')]);
    processes[0]!.answer('a');
    classification.cancel();
    processes[0]!.answer('b');
    assert.deepEqual(told(), [['0/2'], ['a', '1/2'], []]);
    assert.equal(processes[0]!.ended, true);
    classification.ask([picture('c')]);
    assert.deepEqual(processes[1]!.asked, [['/runs/1', 'c']]);
    assert.deepEqual(told(), [['0/1']]);
  });

  it('ends a process that nobody asks for a minute', () => {
    classification.ask([picture('a')]);
    mock.timers.tick(2 * keptIdle);
    assert.equal(processes[0]!.ended, false, 'it is at work');
    processes[0]!.answer('a');
    mock.timers.tick(keptIdle - 1);
    assert.equal(processes[0]!.ended, false);
    mock.timers.tick(1);
    assert.equal(processes[0]!.ended, true);
  });

  it('says why nothing can be answered, until the next picture', () => {
    classification.ask([picture('a')]);
    processes[0]!.say({
      type: 'failed',
      message: 'The run has no weights.',
      hint: 'Run it again.',
      stack: 'at x',
    });
    assert.deepEqual(sent.at(-1)!.failure, { message: 'The run has no weights.', hint: 'Run it again.' });
    assert.equal(sent.at(-1)!.progress, undefined);
    assert.deepEqual(logged, ['at x']);
    startError = new UserError('The setting nas.nodePath names /none.', 'Correct it.');
    classification.ask([picture('a')]);
    assert.deepEqual(sent.at(-1)!.failure, { message: startError.message, hint: 'Correct it.' });
    startError = undefined;
    classification.ask([picture('a')]);
    assert.equal(sent.at(-1)!.failure, undefined);
  });

  it('refuses what is too large to be handed over, and asks about the others', () => {
    classification.ask([{ name: 'huge.tif' }, picture('a')]);
    const [refused] = sent[0]!.answers;
    assert.ok(refused?.kind === 'refused');
    assert.equal(refused.message.replace('\u00a0', ' '), 'huge.tif: it is larger than 100 MB.');
    assert.deepEqual(processes[0]!.asked, [['/runs/1', 'a']]);
    classification.ask([{ name: 'huge.tif' }]);
    assert.equal(processes[0]!.asked.length, 1);
  });
});

describe('the context of a dashboard', () => {
  const folder = temporaryFolder();

  it('says why the network of a run cannot be asked about pictures', () => {
    const run = makeRun(folder.path);
    assert.match(new RunSession(run).context.weightsLack!.message, /is not finished\.$/);
    writeFileSync(run.resultPath, '{}');
    assert.match(new RunSession(run).context.weightsLack!.message, /has no weights of its found network/);
    writeFileSync(run.weightsPath, '');
    assert.equal(new RunSession(run).context.weightsLack, undefined);
  });
});
