/** A page's way to the extension host: requests out, and the small state that VS Code keeps for a panel between windows. */
import type * as z from 'zod';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** Typed wrapper of VS Code's webview API. */
export class PageHost<Request, Command, State> {
  private readonly api = acquireVsCodeApi();

  /** @param kept of the state, with a default for each of its keys */
  constructor(private readonly kept: z.ZodType<State>) {}

  post(request: Request | { readonly type: 'command'; readonly command: Command }): void {
    this.api.postMessage(request);
  }

  command(command: Command): void {
    this.post({ type: 'command', command });
  }

  /** The kept state; defaults where there is none or an older version wrote it. */
  restore(): State {
    const read = this.kept.safeParse(this.api.getState() ?? {});
    return read.success ? read.data : this.kept.parse({});
  }

  save(state: State): void {
    this.api.setState(state);
  }
}

/** Hears of every fault of the page that nothing else catches. @param page what the message calls it */
export function onFault(page: string, report: (problem: string) => void): void {
  window.addEventListener('error', ({ message }) => {
    // Browsers report a resize that takes two frames as an error, which it is not.
    if (message.startsWith('ResizeObserver loop')) return;
    report(`The ${page} met an error (${message}).`);
  });
  window.addEventListener('unhandledrejection', ({ reason }) =>
    report(`The ${page} met an error (${String(reason)}).`),
  );
}
