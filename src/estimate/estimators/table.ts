/** A benchmark table in the registry of estimators; `tableEstimator.ts` does the work. */
import * as z from 'zod';
import { described, namedPath } from '../../describe';
import { ArchitectureTable } from '../architectureTable';
import type { EstimatorEntry } from '../estimator';

const column = z.string().min(1);

const options = z.strictObject({
  type: described(
    z.literal('table'),
    'Scores are looked up in a benchmark table, so no network is trained (as with NAS-Bench-201; Dong & Yang, 2020).',
  ),
  file: described(
    namedPath('reads'),
    'CSV file with a header line, relative to this config; fields apart by comma, semicolon or tab.',
  ),
  encoding: described(
    column.default('architecture'),
    'Column of the architectures: their text in this space or, in `nasbench201`, the benchmark’s string (`|nor_conv_3x3~0|+…`), NASLib’s tuple (`(4, 0, 3, 1, 4, 3)`, in its own order of edges and operations), or six digits for the edges 0→1, 0→2, 1→2, 0→3, 1→3, 2→3 (0 none, 1 skip_connect, 2 conv_1x1, 3 conv_3x3, 4 avg_pool_3x3).',
  ),
  reward: described(column.default('reward'), 'Column of the score; larger is better.'),
  test: described(
    column.optional(),
    'Column of a test accuracy that is shown with each trial. The search does not see it.',
  ),
  costs: described(
    z.record(column, column).default({}),
    'Columns of costs that are shown with each trial, by the name to show.',
  ),
});

export type TableOptions = z.output<typeof options>;

export const table = {
  name: 'table',
  description: 'Looks scores up in a CSV table of a benchmark; nothing is trained.',
  options,
  needsNoData: true,
  inspect: (chosen, { space, readFile }) =>
    new ArchitectureTable(readFile(chosen.file), chosen, space).notices,
} satisfies EstimatorEntry<typeof options>;
