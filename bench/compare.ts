/**
 * Strategies at equal measured time on Fashion-MNIST, what each found trained alike:
 * `npm run bench:compare [-- --minutes 5 --seeds 1,2,3 --only darts,pc-darts,shared,random]`; with `--lambda`, DARTS with three weights of
 * the expected multiply–accumulates.
 *
 * Every search has one core to itself, and as many run at a time as there are cores. How many epochs or trials fill the time is measured
 * first, in a short run of the same config under the same load, or given: `--budget EPOCHS/TRIALS`, one for each of the strategies, with
 * commas between them. The table has the time that the search then took. Run folders stay in `runs/compare`.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { ConfigInput } from '../src/config/schema';
import type { RunEvent } from '../src/protocol/events';
import type { Telemetry } from '../src/protocol/worker';
import { resultSchema } from '../src/runs/runFolder';
import { mean, standardDeviation } from '../src/statistics';

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seeds: { type: 'string', default: '1,2,3' },
    only: { type: 'string' },
    budget: { type: 'string' },
    lambda: { type: 'boolean', default: false },
  },
});
const root = join(__dirname, '..');
const folder = join(root, 'runs', 'compare');
const seconds = 60 * Number(options.minutes);
const seeds = options.seeds.split(',').map(Number);

const common: ConfigInput = {
  space: { type: 'cell', nodes: 3, cells: 4, channels: 8, stemMultiplier: 1 },
  data: { set: 'fashion-mnist', trainImages: 12_000, testImages: 10_000, imageSize: 14 },
  training: { batchSize: 64, learningRate: 0.1, minLearningRate: 0.001 },
  final: {
    epochs: 10,
    cells: 4,
    channels: 16,
    batchSize: 64,
    learningRate: 0.1,
    dropPath: 0,
    cutout: 0,
    randomNetworks: 0,
  },
  output: { logEverySteps: 50 },
};

interface Budget {
  readonly epochs: number;
  readonly trials: number;
}

interface Method {
  readonly name: string;
  readonly config: (budget: Budget) => ConfigInput;
  /** What the short run does. */
  readonly probe: Budget;
  /** Fills the time, from what the short run took. */
  readonly fill: (measured: Measured) => Budget;
}

interface Measured {
  /** From the first event of the search to its last. */
  readonly search: number;
  /** Of one epoch, between the first and the last. */
  readonly epoch: number;
  readonly trial: number;
}

/** Epochs for gradient searches: one warm-up of a sixth of them. */
const gradient = (name: string, strategy: ConfigInput['strategy']): Method => ({
  name,
  config: ({ epochs }) => ({
    ...common,
    strategy: { ...strategy, warmupEpochs: Math.floor(epochs / 6) } as ConfigInput['strategy'],
    budget: { epochs },
  }),
  probe: { epochs: 3, trials: 1 },
  fill: ({ epoch }) => ({ epochs: Math.max(2, Math.ceil(seconds / epoch)), trials: 1 }),
});

const darts = { type: 'darts', learningRate: 0.01, guard: { action: 'warn' } } as const;

const methods: readonly Method[] = [
  gradient('DARTS, first order', darts),
  gradient('PC-DARTS', { type: 'pc-darts', learningRate: 0.01, guard: { action: 'warn' } }),
  {
    name: 'evolution, shared weights',
    config: ({ epochs, trials }) => ({
      ...common,
      strategy: { type: 'evolution' },
      estimator: { type: 'shared' },
      budget: { epochs, trials },
    }),
    probe: { epochs: 8, trials: 20 },
    // Three quarters of the time for the weights.
    fill: ({ epoch, trial }) => ({
      epochs: Math.max(2, Math.ceil((0.75 * seconds) / epoch)),
      trials: Math.max(20, Math.ceil((0.25 * seconds) / trial)),
    }),
  },
  {
    name: 'random, trained',
    config: ({ trials }) => ({
      ...common,
      strategy: { type: 'random' },
      estimator: { type: 'training', epochs: 3 },
      budget: { trials },
    }),
    probe: { epochs: 1, trials: 3 },
    fill: ({ trial }) => ({ epochs: 1, trials: Math.max(2, Math.ceil(seconds / trial)) }),
  },
];

interface Outcome extends Measured {
  readonly testAccuracy: number | undefined;
  readonly flops: number;
  readonly parameters: number;
  /** Largest resident memory of the process during the search, bytes. */
  readonly memory: number;
}

/** Runs a config in a process of its own. @throws Error when it does not finish */
async function run(name: string, config: ConfigInput, seed: number): Promise<Outcome> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name.replace(/[^a-z0-9]+/gi, '-').toLowerCase()}-${seed}.nas.json`);
  writeFileSync(file, `${JSON.stringify({ name, ...config, seed }, undefined, 2)}\n`);
  const child = spawn(
    process.execPath,
    ['dist/cli.js', 'run', file, '--out', folder, '--threads', '1', '--json'],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let memory = 0;
  let searching = false;
  let runId = '';
  const times: Record<'search' | 'epoch' | 'trial', number[]> = { search: [], epoch: [], trial: [] };
  for await (const line of createInterface({ input: child.stdout })) {
    const message = JSON.parse(line) as RunEvent | (Telemetry & { type: 'telemetry' });
    if (message.type === 'run') runId = message.runId;
    if (message.type === 'phase') searching = message.phase === 'search';
    if (message.type === 'telemetry') {
      if (searching) memory = Math.max(memory, message.residentBytes);
      continue;
    }
    if (!searching || !('time' in message)) continue;
    times.search.push(message.time);
    if (message.type === 'epoch' && message.trial === undefined) times.epoch.push(message.time);
    if (message.type === 'trial') times.trial.push(message.time);
  }
  const resultPath = join(folder, runId, 'result.json');
  if (!existsSync(resultPath)) throw new Error(`${file} did not finish.`);
  const result = resultSchema.parse(JSON.parse(readFileSync(resultPath, 'utf8')));
  return {
    testAccuracy: result.found?.testAccuracy,
    flops: result.flops,
    parameters: result.parameters,
    memory,
    search: spanOf(times.search),
    epoch: spanOf(times.epoch) / Math.max(1, times.epoch.length - 1),
    trial: spanOf(times.trial) / Math.max(1, times.trial.length - 1),
  };
}

/** @throws RangeError when the text is not like `8/1` */
function parseBudget(text: string): Budget {
  const [epochs, trials] = text.split('/').map(Number);
  if (!epochs || !trials) throw new RangeError(`"${text}" is no EPOCHS/TRIALS.`);
  return { epochs, trials };
}

/** Seconds between the first and the last. */
function spanOf(times: readonly number[]): number {
  return times.length < 2 ? 0 : (times.at(-1)! - times[0]!) / 1000;
}

function row(name: string, outcomes: readonly Outcome[]): string {
  const column = (pick: (outcome: Outcome) => number, digits: number, factor = 1): string => {
    const values = outcomes.map((outcome) => factor * pick(outcome));
    const spread = values.length > 1 ? ` ± ${standardDeviation(values).toFixed(digits)}` : '';
    return mean(values).toFixed(digits) + spread;
  };
  return `| ${[
    name,
    column((o) => o.testAccuracy ?? NaN, 2, 100),
    column((o) => o.flops, 2, 1e-6),
    column((o) => o.parameters, 1, 1e-3),
    column((o) => o.search, 0),
    column((o) => o.memory, 0, 1e-6),
  ].join(' | ')} |`;
}

const header = [
  '| search | test accuracy (%) | multiply–accumulates (M) | parameters (k) | search (s) | peak memory (MB) |',
  '| --- | --- | --- | --- | --- | --- |',
];

/** Calls `run` on every task, as many at a time as there are cores. @returns what it said, in the tasks' order */
async function onEveryCore<Task, Answer>(
  tasks: readonly Task[],
  run: (task: Task) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const waiting = [...tasks.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) answers[next[0]] = await run(next[1]);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return answers;
}

/** Runs every method with every seed and prints the table. */
async function compare(
  planned: readonly (readonly [Method, Budget])[],
  seeds: readonly number[],
): Promise<void> {
  const tasks = planned.flatMap(([method, budget]) => seeds.map((seed) => ({ method, budget, seed })));
  const outcomes = await onEveryCore(tasks, async ({ method, budget, seed }) => {
    const outcome = await run(method.name, method.config(budget), seed);
    console.error(row(`${method.name}, seed ${seed}`, [outcome]));
    return { method, ...outcome };
  });
  const rows = planned.map(([method]) =>
    row(
      method.name,
      outcomes.filter((outcome) => outcome.method === method),
    ),
  );
  console.log([...header, ...rows].join('\n'));
}

async function compareStrategies(): Promise<void> {
  const only = options.only?.toLowerCase().split(',');
  const chosen = methods.filter(
    ({ name }) => only?.some((word) => name.toLowerCase().includes(word)) ?? true,
  );
  const budgets = options.budget?.split(',').map(parseBudget);
  if (budgets && budgets.length !== chosen.length) {
    throw new RangeError(
      `--budget needs ${chosen.length}: for ${chosen.map(({ name }) => name).join('; ')}.`,
    );
  }
  const planned = await onEveryCore([...chosen.entries()], async ([i, method]) => {
    if (budgets) return [method, budgets[i]!] as const;
    const short = { ...method.config(method.probe), final: { ...common.final, epochs: 0 } };
    const budget = method.fill(await run(`${method.name} probe`, short, 1));
    console.error(`${method.name}: ${budget.epochs} epochs, ${budget.trials} trials`);
    return [method, budget] as const;
  });
  await compare(planned, seeds);
}

/** DARTS with three weights of the expected multiply–accumulates. */
async function comparePenalties(): Promise<void> {
  const planned = [0, 0.3, 3].map((lambda) => {
    const penalty = { cost: 'flops', lambda } as const;
    const method = gradient(`λ = ${lambda}`, { ...darts, penalty });
    // What counts is the network, not how well it can be trained.
    const config = (budget: Budget): ConfigInput => ({
      ...method.config(budget),
      final: { ...common.final, epochs: 4 },
    });
    return [
      { ...method, config },
      { epochs: 4, trials: 1 },
    ] as const;
  });
  await compare(planned, seeds);
}

(options.lambda ? comparePenalties() : compareStrategies()).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
