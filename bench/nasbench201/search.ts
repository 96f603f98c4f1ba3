/** Searches on the tables of NAS-Bench-201: strategies of the registry, judged by the table estimator. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { trialCosts, type TrialCosts } from '../../src/cost/trialCosts';
import { ArchitectureTable } from '../../src/estimate/architectureTable';
import type { Assessment } from '../../src/estimate/estimator';
import { table as tableEntry } from '../../src/estimate/estimators/table';
import { TableEstimator } from '../../src/estimate/tableEstimator';
import { Random } from '../../src/random';
import type { Proposer, ProposerContext, Trial } from '../../src/search/strategy';
import { strategyNamed, type StrategyName } from '../../src/search/strategies';
import type { Genotype } from '../../src/space/genotype';
import { createSpace } from '../../src/space/searchSpace';
import { bench201Entry } from '../../src/space/bench201/entry';

export const accuracyFile = 'acc12_bayeswatch_mit.csv';

/** The cell with the best reward among those that one search judged. */
export interface Chosen {
  /** The benchmark's number of the cell. */
  readonly index: number;
  /** Accuracies in percent after 12 epochs on CIFAR-10. */
  readonly validation: number;
  readonly test: number;
}

function chosenOf({ score, metrics }: Assessment): Chosen {
  return { index: metrics!['index']!, validation: score, test: metrics!['testAccuracy']! };
}

const space = createSpace(bench201Entry.options.parse({ type: 'nasbench201' }));
const frame = { input: { height: 32, width: 32, channels: 3 }, classes: 10 };

export class Bench201Searches {
  private readonly table: ArchitectureTable;
  private readonly estimator: TableEstimator;
  private readonly costs = new Map<string, TrialCosts>();

  /** @param folder of the tables */
  constructor(folder: string) {
    const options = tableEntry.options.parse({
      type: 'table',
      file: accuracyFile,
      encoding: 'ops',
      reward: 'c10_val_12',
      test: 'c10_test_12',
      costs: { index: 'index' },
    });
    const readFile = (file: string): string => readFileSync(path.join(folder, file), 'utf8');
    this.table = new ArchitectureTable(readFile(accuracyFile), options, space);
    this.estimator = new TableEstimator(options, { space, readFile }, this.table);
  }

  /** Of all cells, those with the largest validation and test accuracy. */
  best(): { readonly reward: Chosen; readonly test: Chosen } {
    const cells = this.table.assessments().map(chosenOf);
    const largest = (of: (cell: Chosen) => number): Chosen =>
      cells.reduce((best, cell) => (of(cell) > of(best) ? cell : best));
    return { reward: largest((cell) => cell.validation), test: largest((cell) => cell.test) };
  }

  /** @param settings keys of the strategy's section that are not to have their defaults */
  async search(
    name: StrategyName,
    seed: number,
    trials: number,
    settings: Readonly<Record<string, unknown>> = {},
  ): Promise<Chosen> {
    const entry = strategyNamed(name);
    if (entry.kind !== 'sampling') throw new RangeError(`${name} draws no architectures.`);
    const create = entry.create as (options: unknown, context: ProposerContext) => Proposer;
    const proposer = create(entry.options.parse({ type: name, ...settings }), {
      space,
      random: Random.fromSeed(seed, 'strategy'),
      trials,
      costs: (genotype) => this.costsOf(genotype),
    });
    let best: Chosen | undefined;
    for (let index = 0; index < trials; index++) {
      const proposal = proposer.propose();
      if (!proposal) break;
      const evaluation = this.estimator.evaluate(proposal.genotype);
      await evaluation.advance();
      const { score } = evaluation.result!;
      const trial: Trial = {
        ...proposal,
        index,
        status: 'done',
        score,
        costs: this.costsOf(proposal.genotype),
      };
      proposer.receive(trial);
      if (best && score <= best.validation) continue;
      best = chosenOf(evaluation.result!);
    }
    return best!;
  }

  private costsOf(genotype: Genotype): TrialCosts {
    const text = space.encode(genotype);
    const known = this.costs.get(text);
    if (known) return known;
    const costs = trialCosts(space.proxy(genotype, frame));
    this.costs.set(text, costs);
    return costs;
  }
}
