/** The way from the page to the extension host, and what VS Code keeps of a page between windows. */
import * as z from 'zod';
import type { DataPageCommand, DataPageRequest } from '../../src/protocol/dataPage';
import { lookedSplits } from '../../src/protocol/dataProcess';

interface VsCodeApi {
  postMessage(message: DataPageRequest): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

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

/** Typed wrapper of VS Code's webview API. */
export class DataHost {
  private readonly api = acquireVsCodeApi();

  post(request: DataPageRequest): void {
    this.api.postMessage(request);
  }

  command(command: DataPageCommand): void {
    this.post({ type: 'command', command });
  }

  restore(): DataChoice {
    const kept = choiceSchema.safeParse(this.api.getState() ?? {});
    return kept.success ? kept.data : choiceSchema.parse({});
  }

  save(choice: DataChoice): void {
    this.api.setState(choice);
  }
}
