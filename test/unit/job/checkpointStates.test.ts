/** Checkpoints of real runs, damaged key by key and array by array: every one is refused with the same clear error. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigInput } from '../../../src/config/schema';
import { UserError } from '../../../src/errors';
import { Control } from '../../../src/job/control';
import { prepareJob, type PreparedJob } from '../../../src/job/prepare';
import { runJob } from '../../../src/job/run';
import type { RunFolder } from '../../../src/runs/runFolder';
import type { Snapshot } from '../../../src/snapshot';
import { proofProcess } from '../../support/proof';
import { createRun, tinyConfig } from '../../support/tinyConfig';

interface Case {
  readonly config: ConfigInput;
  /** Steps after which the run is stopped. */
  readonly steps: number;
  /** States that are there and can be missing. */
  readonly optional: readonly string[];
  /** States of what has none, which nobody reads. */
  readonly unread?: readonly string[];
  /** Lists of numbers that have a length of their own. */
  readonly lists: readonly string[];
  readonly arrays: readonly string[];
}

const bench201 = { type: 'nasbench201', cellsPerStage: 1, channels: 2 } as const;
const batches = (of: string): string[] => [`process.${of}.random`, `process.${of}.epochRandom`];

const cases: Readonly<Record<string, Case>> = {
  'a gradient search': {
    config: {
      strategy: { type: 'darts', learningRate: 0.02, warmupEpochs: 1, guard: { eigenvalue: true } },
      limits: { maxFlops: 4_000_000 },
    },
    steps: 12,
    optional: ['process.guard.healthy'],
    lists: [
      ...['values', 'first', 'second'].map((key) => `process.architecture.${key}`),
      ...['process.limits', ...batches('train'), ...batches('validation')],
    ],
    arrays: ['weights', 'velocity'],
  },
  'a search with shared weights': {
    config: { space: bench201, strategy: { type: 'random' }, estimator: { type: 'shared' } },
    steps: 7,
    optional: [],
    unread: ['process.estimator'],
    lists: ['process.proposer.random', 'process.preparation.paths', ...batches('preparation.train')],
    arrays: ['preparation/weights', 'preparation/velocity'],
  },
  'a search of trials': {
    config: {
      space: bench201,
      strategy: { type: 'evolution', population: 2, sample: 2 },
      estimator: { type: 'early_stopping', epochs: 3 },
      budget: { trials: 4 },
    },
    // In the third training, after its first epoch.
    steps: 37,
    optional: ['process.found.best', 'process.current', 'process.current.proposal.by'],
    lists: [
      ...['process.proposer.random', 'process.current.evaluation.trainer.dropPath'],
      ...batches('current.evaluation.trainer.train'),
    ],
    arrays: ['evaluation/weights', 'evaluation/velocity', 'evaluation/statistics'],
  },
  'a search of trials that are predicted': {
    config: {
      space: bench201,
      strategy: { type: 'random' },
      estimator: { type: 'predictor', epochs: 1, warmup: 4, auditEvery: 2 },
      budget: { trials: 12 },
    },
    // In the second training of a predicted architecture.
    steps: 27,
    optional: ['process.found.best', 'process.current'],
    lists: [
      ...['process.proposer.random', 'process.estimator.points.0.features'],
      ...['process.current.evaluation.trainer.dropPath', ...batches('current.evaluation.trainer.train')],
    ],
    arrays: ['evaluation/weights', 'evaluation/velocity', 'evaluation/statistics'],
  },
  'a final training': {
    config: {},
    steps: 17,
    optional: [],
    lists: ['process.dropPath', ...batches('train')],
    arrays: ['weights', 'velocity', 'statistics'],
  },
};

type Damage = (holder: Record<string, unknown>, key: string) => void;

const takeAway: Damage = (holder, key) => void delete holder[key];
const mistype: Damage = (holder, key) => void (holder[key] = typeof holder[key] === 'string' ? 7 : 'damaged');
const shorten: Damage = (holder, key) => void (holder[key] as unknown[]).pop();

/** A copy of plain data with one place damaged. */
function damage(meta: unknown, path: string, how: Damage): unknown {
  const copy = structuredClone(meta);
  const keys = path.split('.');
  const last = keys.pop()!;
  how(
    keys.reduce((value, key) => value[key] as Record<string, unknown>, copy as Record<string, unknown>),
    last,
  );
  return copy;
}

/** Paths of all keys; of a list the first entry stands for all, and genotypes have tests of their own. */
function pathsOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null || path.endsWith('genotype')) return [];
  const entries = Object.entries(value).slice(0, Array.isArray(value) ? 1 : undefined);
  return entries.flatMap(([key, inner]) => {
    const here = path ? `${path}.${key}` : key;
    return [here, ...pathsOf(inner, here)];
  });
}

describe('a damaged checkpoint', () => {
  let parent: string;
  before(() => (parent = mkdtempSync(join(tmpdir(), 'nas-states-'))));
  after(() => rmSync(parent, { recursive: true, force: true }));

  const work = (folder: RunFolder, prepared: PreparedJob, stopAfter = Infinity): Promise<string> => {
    const control = new Control();
    let steps = 0;
    return runJob({
      ...{ folder, prepared, control, proof: proofProcess },
      onEvent: ({ type }) => {
        if (type === 'step' && ++steps === stopAfter) control.stop();
      },
      onTelemetry: () => undefined,
    });
  };

  for (const [title, { config, steps, optional, unread = [], lists, arrays: names }] of Object.entries(
    cases,
  )) {
    it(`of ${title} is refused, whatever is missing, of another type or cut`, async () => {
      const folder = createRun(parent, tinyConfig(config));
      const { configFolder } = folder.run;
      const prepared = await prepareJob(folder.run.config, { configFolder, engine: 'fused', threads: 1 });
      assert.equal(await work(folder, prepared, steps), 'stopped');
      const { meta, arrays } = folder.checkpoints.load()!.snapshot!;
      assert.deepEqual(Object.keys(arrays).sort(), [...names].sort());
      const paths = pathsOf(meta);
      for (const path of [...optional, ...unread, ...lists]) assert.ok(paths.includes(path), path);

      const refused = async (what: string, snapshot: Snapshot): Promise<void> => {
        folder.checkpoints.save(snapshot);
        await assert.rejects(
          work(folder, prepared),
          (error) => {
            assert.ok(error instanceof UserError, `${what}: ${String(error)}`);
            assert.equal(error.code, 'checkpoint-damaged', what);
            assert.match(error.message, /in the checkpoint is damaged or of another version/, what);
            return true;
          },
          what,
        );
      };
      const read = paths.filter((path) => !unread.includes(path));
      for (const path of read) {
        // Kinds of events that a run may have none of, in no order.
        const isListEntry = /\.\d+$/.test(path) || path.startsWith('covers.');
        if (!isListEntry && !optional.includes(path)) {
          await refused(`without ${path}`, { meta: damage(meta, path, takeAway), arrays });
        }
        await refused(`${path} of another type`, { meta: damage(meta, path, mistype), arrays });
      }
      for (const path of lists) {
        await refused(`${path} cut`, { meta: damage(meta, path, shorten), arrays });
      }
      for (const name of names) {
        const { [name]: cut, ...others } = arrays;
        await refused(`without the array ${name}`, { meta, arrays: others });
        await refused(`the array ${name} cut`, { meta, arrays: { ...others, [name]: cut!.slice(0, -1) } });
      }

      // The same way, what is whole goes on.
      folder.checkpoints.save({ meta, arrays });
      assert.equal(await work(folder, prepared, 1), 'stopped');
    });
  }
});
