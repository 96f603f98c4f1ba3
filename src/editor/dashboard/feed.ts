/**
 * What a dashboard is sent, and when: everything once its page is ready, then what is new, at most ten times a second.
 * A hidden page is sent nothing; it is made anew when it is shown and then says `ready` again. Knows nothing of the editor.
 */
import type { DashboardSnapshot } from '../../protocol/dashboard';
import type { RunEvent } from '../../protocol/events';
import type { RunSession } from '../run/session';

/** Least time between two messages, milliseconds. */
export const messageInterval = 100;

export class DashboardFeed {
  private session: RunSession | undefined;
  private listening = false;
  private pending: RunEvent[] = [];
  private timer: NodeJS.Timeout | undefined;
  private lastSent = -Infinity;
  private wantsAll = false;

  constructor(
    private readonly send: (message: DashboardSnapshot) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Shows another session from now on, or none. */
  attach(session: RunSession | undefined): void {
    this.detach();
    this.session = session;
    session?.on('event', this.onEvent).on('change', this.onChange).on('rewritten', this.onRewritten);
    this.onRewritten();
  }

  /** The page is there and listens. */
  ready(): void {
    this.listening = true;
    this.onRewritten();
  }

  /** The page is gone until it says `ready` again. */
  hidden(): void {
    this.listening = false;
    this.cancel();
  }

  dispose(): void {
    this.detach();
    this.hidden();
  }

  private detach(): void {
    this.session?.off('event', this.onEvent).off('change', this.onChange).off('rewritten', this.onRewritten);
  }

  private readonly onEvent = (event: RunEvent): void => {
    if (!this.listening) return;
    this.pending.push(event);
    this.onChange();
  };

  private readonly onRewritten = (): void => {
    this.wantsAll = true;
    this.pending = [];
    this.onChange();
  };

  private readonly onChange = (): void => {
    if (!this.listening || this.timer) return;
    const wait = this.lastSent + messageInterval - this.now();
    if (wait <= 0) this.flush();
    else this.timer = setTimeout(() => this.flush(), wait);
  };

  private flush(): void {
    const { session, wantsAll, pending } = this;
    this.cancel();
    this.lastSent = this.now();
    this.wantsAll = false;
    const events = wantsAll ? [...(session?.events ?? [])] : pending;
    const type = wantsAll ? 'snapshot' : 'delta';
    this.send({ type, events, telemetry: session?.telemetry, context: session?.context });
  }

  private cancel(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.pending = [];
  }
}
