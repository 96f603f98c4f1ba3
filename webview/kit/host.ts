/** The dashboard's way to the extension host, and what VS Code keeps of it between windows. */
import * as z from 'zod';
import { costNames } from '../../src/protocol/events';
import type { DashboardCommand, DashboardRequest } from '../../src/protocol/dashboard';
import { cellKinds } from '../../src/space/frame';
import { PageHost } from './vsCode';

export const sortKeys = ['index', 'score', ...costNames, 'status', 'by', 'text'] as const;
export type SortKey = (typeof sortKeys)[number];

const uiStateSchema = z.object({
  /** Run that is shown, so that a restored panel finds it again. */
  runFolder: z.string().optional(),
  /** Edge whose weights are drawn over time. */
  edge: z
    .object({ kind: z.enum(cellKinds), index: z.number().int().min(0) })
    .catch({ kind: 'normal', index: 0 }),
  logScale: z.boolean().catch(false),
  /** Which training the loss and accuracy lines show: "auto" follows the run. */
  training: z.string().catch('auto'),
  /** Trial that is shown in full; the best when none was selected. */
  trial: z.number().int().min(0).optional().catch(undefined),
  /** Cost that scores are drawn against. */
  cost: z.enum(costNames).catch('parameters'),
  /** How the table of trials is sorted. */
  order: z
    .object({ key: z.enum(sortKeys), descending: z.boolean() })
    .catch({ key: 'score', descending: true }),
  /** Epoch whose cells are shown; the current ones when none was chosen. */
  epoch: z.number().int().min(0).optional().catch(undefined),
  /** `seq` of the notices that were closed. */
  dismissed: z.array(z.number()).catch([]),
});

/** What the person chose on the dashboard. All else comes from the host's messages. */
export type UiState = z.infer<typeof uiStateSchema>;

export class Host extends PageHost<DashboardRequest, DashboardCommand, UiState> {
  constructor() {
    super(uiStateSchema);
  }
}
