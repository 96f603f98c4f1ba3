/** The way from the page to the extension host, and what VS Code keeps of a page between windows. */
import * as z from 'zod';
import type { DataPageCommand, DataPageRequest } from '../../src/protocol/dataPage';
import { lookedSplits } from '../../src/protocol/dataProcess';
import { PageHost } from '../kit/vsCode';

const choiceSchema = z.object({
  /** Config whose data is shown, so that a restored panel finds it again. */
  config: z.string().optional().catch(undefined),
  split: z.enum(lookedSplits).catch('train'),
  /** Class that is shown; all when none was chosen. */
  label: z.number().int().min(0).optional().catch(undefined),
  /** The first picture of the page. */
  from: z.number().int().min(0).catch(0),
  augmented: z.boolean().catch(false),
});

/** What the person chose on the page. */
export type DataChoice = z.infer<typeof choiceSchema>;

export class DataHost extends PageHost<DataPageRequest, DataPageCommand, DataChoice> {
  constructor() {
    super(choiceSchema);
  }
}
