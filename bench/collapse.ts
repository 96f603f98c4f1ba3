/**
 * DARTS and PC-DARTS on the space of NAS-Bench-201 with real images: where each one's cell goes, epoch by epoch, and what the
 * guard says to it (action `warn`, so that the whole history is there). `npm run bench:collapse [-- --only darts --epochs 60]`.
 * Run folders with α of every step that is logged stay in `runs/collapse`; `--from FOLDER` reports on one again.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { configSchema, type Config, type ConfigInput } from '../src/config/schema';
import { Control } from '../src/job/control';
import { prepareJob } from '../src/job/prepare';
import { runJob } from '../src/job/run';
import { replayRun } from '../src/protocol/runState';
import { readEventLog } from '../src/runs/eventLog';
import { RunFolder } from '../src/runs/runFolder';
import { softmax } from '../src/space/cell/alpha';
import { formatGenotype } from '../src/space/genotype';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    epochs: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    threads: { type: 'string', default: `${availableParallelism()}` },
    cells: { type: 'string', default: '1' },
    channels: { type: 'string', default: '16' },
    images: { type: 'string', default: '10000' },
    side: { type: 'string', default: '14' },
    eigenvalue: { type: 'boolean', default: false },
    from: { type: 'string' },
  },
});
const batchSize = 64;
const epochs = Number(options.epochs);
const images = Number(options.images);
const stepsPerEpoch = Math.floor(images / 2 / batchSize);
const guard = { action: 'warn', eigenvalue: options.eigenvalue } as const;

/**
 * Adam’s rate with which α can go as far as on CIFAR-10 in the papers, where there are more steps: a step is about as long as the
 * rate, so that steps times rate is what counts.
 */
function rate(paper: { steps: number; rate: number }, searched: number): number {
  return (paper.steps * paper.rate) / (searched * stepsPerEpoch);
}

/** As 15 of 50 epochs in the paper. */
const warmupEpochs = Math.round(0.3 * epochs);
const strategies = {
  darts: { type: 'darts', learningRate: rate({ steps: 50 * 390, rate: 3e-4 }, epochs), guard },
  'pc-darts': {
    type: 'pc-darts',
    learningRate: rate({ steps: 35 * 97, rate: 6e-4 }, epochs - warmupEpochs),
    warmupEpochs,
    guard,
  },
} as const satisfies Record<string, ConfigInput['strategy']>;

function configOf(strategy: ConfigInput['strategy']): Config {
  return configSchema.parse({
    name: `collapse ${strategy!.type}`,
    seed: Number(options.seed),
    space: { type: 'nasbench201', cellsPerStage: Number(options.cells), channels: Number(options.channels) },
    strategy,
    data: {
      set: 'fashion-mnist',
      trainImages: images,
      testImages: 1000,
      imageSize: Number(options.side),
    },
    training: { batchSize, learningRate: 0.1 },
    budget: { epochs },
    final: { epochs: 0 },
    output: { logEverySteps: 10 },
  } satisfies ConfigInput);
}

async function search(name: string, strategy: ConfigInput['strategy']): Promise<void> {
  const root = join(__dirname, '..');
  const config = configOf(strategy);
  const folder = RunFolder.create(join(root, 'runs', 'collapse'), {
    ...{ name, config, configFile: join(root, 'bench', 'collapse.nas.json'), configFolder: root },
    tool: 'bench',
  });
  const threads = Number(options.threads);
  const prepared = await prepareJob(config, { configFolder: root, engine: 'fused', threads });
  const begin = performance.now();
  await runJob({
    ...{ folder, prepared, control: new Control() },
    proof: { script: join(root, 'dist/proof.js') },
    onEvent: (event) => {
      if (event.type !== 'collapse') return;
      const eigenvalue = event.eigenvalue === undefined ? '' : `, eigenvalue ${event.eigenvalue.toFixed(3)}`;
      const spoke = event.rule ? `  ← ${event.rule}` : '';
      console.log(
        `${name} epoch ${event.epoch + 1}: ${event.skips} skips of ${event.allowed} allowed${eigenvalue}${spoke}`,
      );
    },
    onTelemetry: () => undefined,
  });
  console.log(`\n${name}: ${((performance.now() - begin) / 60_000).toFixed(1)} minutes`);
  report(name, folder);
}

/** What a run came to, and its α as a table: `docs/results/collapse-NAME-SEED.csv`. */
function report(name: string, { path, eventsPath, run: { config } }: RunFolder): void {
  const { run, alphas, genotypes, collapses, epochs: judged } = replayRun(readEventLog(eventsPath).events);
  console.log(`${name}, ${path}`);
  console.log(`skips by epoch: ${collapses.map(({ skips }) => skips).join(' ')}`);
  const spoke = collapses.filter(({ rule }) => rule !== undefined);
  const first = spoke[0];
  console.log(
    first
      ? `the guard spoke in ${spoke.length} epochs, first after epoch ${first.epoch + 1} (${first.rule}); it would have kept epoch ${first.keep + 1}`
      : 'the guard never spoke',
  );
  console.log(`validation accuracy of the supernet ${judged.at(-1)!.validationAccuracy?.toFixed(4)}`);
  const [cell] = formatGenotype(genotypes.at(-1)!.genotype);
  console.log(`found cell: ${cell!.lines.join('; ')}\n`);
  const columns = run!.space.edges.flatMap(({ node, from }) =>
    run!.space.operations.map((operation) => `${from}-${node + 1} ${operation}`),
  );
  const rows = collapses.map(({ epoch, skips }) => {
    const last = alphas.findLast((point) => point.epoch === epoch)!;
    return [epoch + 1, skips, ...last.normal.flatMap(softmax).map((weight) => weight.toFixed(4))].join();
  });
  const folder = join(__dirname, '..', 'docs', 'results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, `collapse-${name}-${config.seed}.csv`),
    [['epoch', 'skips', ...columns].join(), ...rows, ''].join('\n'),
  );
}

async function main(): Promise<void> {
  if (options.from !== undefined) {
    const folder = RunFolder.open(options.from);
    return report(folder.run.name, folder);
  }
  for (const [name, strategy] of Object.entries(strategies)) {
    if (options.only === undefined || options.only === name) await search(name, strategy);
  }
}

void main();
