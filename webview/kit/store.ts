/**
 * What the dashboard shows, as a function of the host's messages and of the person's few choices, and when it is
 * painted: at most once an animation frame, however many messages came.
 */
import { keptAnswers, type ClassificationMessage } from '../../src/protocol/classification';
import {
  dashboardMessageSchema,
  type DashboardContext,
  type DashboardMessage,
  type DashboardSnapshot,
} from '../../src/protocol/dashboard';
import type { RunEvent } from '../../src/protocol/events';
import { emptyRunState, reduceRun, replayRun, type RunState } from '../../src/protocol/runState';
import type { Telemetry } from '../../src/protocol/worker';
import type { Host, UiState } from './host';

/** Pictures that were asked about, in the order of their answers. */
export type ClassificationView = Omit<ClassificationMessage, 'type' | 'whole'>;

/** Everything that a part of the dashboard is drawn from. */
export interface View {
  readonly run: RunState;
  readonly telemetry?: Telemetry;
  readonly context?: DashboardContext;
  /** What the found network took pictures for, and what is under way of that. */
  readonly classification?: ClassificationView;
  readonly ui: UiState;
  /** A fault of the dashboard itself, in words for the person. */
  readonly problem?: string;
}

/** No run was ever started here. */
export function isEmpty({ run, telemetry }: View): boolean {
  return run.status === 'empty' && !telemetry;
}

/** Where in a message the first fault is, e.g. "events.3.loss: expected number". */
function firstFault(error: { issues: readonly { path: PropertyKey[]; message: string }[] }): string {
  const issue = error.issues[0];
  if (!issue) return 'unknown fault';
  const place = issue.path.map(String).join('.');
  return place ? `${place}: ${issue.message}` : issue.message;
}

export class Store {
  private events: RunEvent[] = [];
  private current: View;
  private paint: (view: View) => void = () => undefined;
  private scheduled = false;
  /** Whether the first snapshot came. */
  hydrated = false;

  constructor(private readonly host: Host) {
    this.current = { run: emptyRunState, ui: host.restore() };
  }

  /** Says what draws the view. */
  onPaint(paint: (view: View) => void): void {
    this.paint = paint;
  }

  get view(): View {
    return this.current;
  }

  /** Takes a message of any form; one that is not of the protocol becomes a visible fault and changes nothing else. */
  receive(data: unknown): void {
    const parsed = dashboardMessageSchema.safeParse(data);
    if (!parsed.success) {
      this.report(`The dashboard got a message that it cannot read (${firstFault(parsed.error)}).`);
      return;
    }
    const message: DashboardMessage = parsed.data;
    if (message.type === 'classification') return this.classified(message);
    if (message.type === 'snapshot') this.hydrate(message);
    else this.append(message);
    const runFolder = message.context?.runFolder;
    if (runFolder !== undefined && runFolder !== this.current.ui.runFolder) this.choose({ runFolder });
    this.schedule();
  }

  /** Changes and keeps what the person chose. */
  choose(change: Partial<UiState>): void {
    this.current = { ...this.current, ui: { ...this.current.ui, ...change } };
    this.host.save(this.current.ui);
    this.schedule();
  }

  /** Shows a fault of the dashboard and tells the host, whose log keeps it. */
  report(problem: string): void {
    this.host.post({ type: 'problem', message: problem });
    this.current = { ...this.current, problem };
    this.schedule();
  }

  /** Asks for a repaint with the next animation frame. */
  schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      try {
        this.paint(this.current);
      } catch (error) {
        // A fault while painting must not repeat itself frame after frame.
        const text = error instanceof Error ? error.message : String(error);
        if (this.current.problem === undefined)
          this.report(`The dashboard could not draw this state (${text}).`);
        else this.host.post({ type: 'problem', message: text });
      }
    });
  }

  private classified({ whole, answers, progress, failure }: ClassificationMessage): void {
    const earlier = whole ? [] : (this.current.classification?.answers ?? []);
    const all = [...earlier, ...answers].slice(-keptAnswers);
    this.current = { ...this.current, classification: { answers: all, progress, failure } };
    this.schedule();
  }

  private hydrate({ events, telemetry, context }: DashboardSnapshot): void {
    this.hydrated = true;
    this.events = [...events];
    const { ui } = this.current;
    const another = context?.runFolder !== undefined && context.runFolder !== ui.runFolder;
    this.current = {
      run: replayRun(events),
      telemetry,
      context,
      classification: this.current.classification,
      ui: another ? { ...ui, dismissed: [], trial: undefined, epoch: undefined } : ui,
    };
  }

  private append({ events, telemetry, context }: DashboardSnapshot): void {
    const { run } = this.current;
    // A resume supersedes events that are already drawn, and a new run all of them: these start over from the list.
    const begins = events.some((event) => event.type === 'run');
    const restart = begins || events.some((event) => event.type === 'resumed');
    if (begins) this.events = [];
    const fresh = restart ? events : events.filter((event) => event.seq > run.seq);
    this.events.push(...fresh);
    this.current = {
      ...this.current,
      run: restart ? replayRun(this.events) : fresh.reduce(reduceRun, run),
      telemetry: telemetry ?? (begins ? undefined : this.current.telemetry),
      context: context ?? this.current.context,
    };
  }
}
