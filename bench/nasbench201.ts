/**
 * How well the sampling strategies find cells of NAS-Bench-201: `npm run bench:nasbench201 [-- --data FOLDER --out FILE --seeds N
 * --first SEED --trials N --strategies a,b]`. The reward is the validation accuracy on CIFAR-10 after 12 epochs, the answer of a search the cell
 * with the best reward, judged by its test accuracy after 12 epochs. Every strategy has its default settings.
 */
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { strategies, strategyNamed, type StrategyName } from '../src/search/strategies';
import { mean, standardDeviation, standardError } from '../src/statistics';
import { accuracyFile, Bench201Searches, type Chosen } from './nasbench201/search';

const root = path.join(__dirname, '..');

/** Dong & Yang (2020), table 5: test accuracy after 200 epochs, 500 runs with the cost of about 100 evaluations. */
const published: Readonly<Record<string, string>> = {
  random: '93.70 ± 0.36',
  reinforce: '93.85 ± 0.37',
  evolution: '93.92 ± 0.30',
};

function strategyNames(list: string): StrategyName[] {
  return list.split(',').map((name) => {
    const known = strategies.find((strategy) => strategy.name === name && strategy.kind === 'sampling');
    if (known) return known.name;
    const names = strategies.filter(({ kind }) => kind === 'sampling').map((strategy) => strategy.name);
    throw new RangeError(`There is no sampling strategy "${name}"; known: ${names.join(', ')}.`);
  });
}

const column = (text: string, width: number): string => text.padEnd(width);

/** Mean ± standard deviation of single searches, and the standard error of the mean. */
function spread(values: readonly number[], digits = 2): string {
  const [centre, deviation] = [mean(values), standardDeviation(values)];
  return `${centre.toFixed(digits)} ± ${deviation.toFixed(digits)} (${standardError(values).toFixed(3)})`;
}

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      data: { type: 'string', default: path.join(root, '../shared/data/nasbench201') },
      out: { type: 'string', default: path.join(root, 'bench/results/nasbench201.csv') },
      seeds: { type: 'string', default: '500' },
      first: { type: 'string', default: '0' },
      trials: { type: 'string', default: '100' },
      strategies: { type: 'string', default: 'random,reinforce,evolution,predictor' },
    },
  });
  if (!existsSync(path.join(options.data, accuracyFile))) {
    console.log(
      `Skipped: ${accuracyFile} is not in ${options.data}. Name the folder of the tables with --data.`,
    );
    return;
  }
  const names = strategyNames(options.strategies);
  const [seeds, first, trials] = [options.seeds, options.first, options.trials].map(Number) as [
    number,
    number,
    number,
  ];
  const searches = new Bench201Searches(options.data);
  const { reward, test } = searches.best();
  console.log(
    `${seeds} seeds, ${trials} trials; accuracy in % after 12 epochs on CIFAR-10, mean ± std (standard error).`,
  );
  console.log(
    `Best reward of all cells ${reward.validation} (test ${reward.test}), best test ${test.test}.\n`,
  );
  console.log(
    `${column('strategy', 12)}${column('test', 24)}${column('reward', 24)}${column('s/search', 10)}published, 200 epochs`,
  );
  mkdirSync(path.dirname(options.out), { recursive: true });
  writeFileSync(options.out, 'strategy,seed,index\n');
  for (const name of names) {
    const begin = performance.now();
    const chosen: Chosen[] = [];
    for (let seed = first; seed < first + seeds; seed++) {
      const found = await searches.search(name, seed, trials);
      chosen.push(found);
      appendFileSync(options.out, `${name},${seed},${found.index}\n`);
    }
    const seconds = (performance.now() - begin) / 1000 / seeds;
    console.log(
      [
        column(strategyNamed(name).name, 12),
        column(spread(chosen.map((cell) => cell.test)), 24),
        column(spread(chosen.map((cell) => cell.validation)), 24),
        column(seconds.toFixed(3), 10),
        published[name] ?? '–',
      ].join(''),
    );
  }
  console.log(`\nChosen cells: ${options.out}`);
}

void main();
