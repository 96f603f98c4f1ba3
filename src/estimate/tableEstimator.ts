/** Judges architectures by looking them up in a benchmark table. */
import type { Snapshot } from '../snapshot';
import type { Genotype } from '../space/genotype';
import { ArchitectureTable } from './architectureTable';
import type { Assessment, Estimator, EstimatorContext, Evaluation, Notice } from './estimator';
import type { TableOptions } from './estimators/table';

const nothing: Snapshot = { meta: {}, arrays: {} };

export class TableEstimator implements Estimator {
  readonly stepWork = 1;
  readonly expectedSteps = { preparation: 0, trial: 1 };
  private readonly table: ArchitectureTable;

  /**
   * @param context of it, the space and the reading of files
   * @param table read before, so that several estimators can share one
   * @throws UserError when the table cannot be read or understood
   */
  constructor(
    options: TableOptions,
    context: Pick<EstimatorContext, 'space' | 'readFile'>,
    table = new ArchitectureTable(context.readFile(options.file), options, context.space),
  ) {
    this.table = table;
  }

  get notices(): readonly Notice[] {
    return this.table.notices;
  }

  evaluate(genotype: Genotype): LookUp {
    return new LookUp(this.table, genotype);
  }

  snapshot(): Snapshot {
    return nothing;
  }

  restore(): void {
    // The table is all there is, and it was read again.
  }

  dispose(): void {
    // Holds nothing but plain data.
  }
}

/** One step. */
class LookUp implements Evaluation {
  result: Assessment | undefined;

  constructor(
    private readonly table: ArchitectureTable,
    private readonly genotype: Genotype,
  ) {}

  get done(): boolean {
    return this.result !== undefined;
  }

  get steps(): number {
    return this.done ? 1 : 0;
  }

  /** @throws UserError with code `not-in-table` when the table does not have the architecture */
  advance(): Promise<void> {
    // Rejects rather than throws, as callers that await expect.
    return Promise.resolve().then(() => {
      this.result = this.table.assess(this.genotype);
    });
  }

  snapshot(): Snapshot {
    return nothing;
  }

  restore(): void {
    // Begun anew: there is only one step.
  }

  dispose(): void {
    // Holds nothing but plain data.
  }
}
