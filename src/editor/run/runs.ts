/**
 * The runs of this window: the one under way, if any, and the one that was looked at last. Owns the context keys
 * `nas.running` and `nas.paused`. Light, since it is there from activation on; sessions themselves are loaded later.
 */
import * as vscode from 'vscode';
import { contextKeys, memory } from '../ids';
import type { RunSession } from './session';

/** How many runs of a workspace are remembered. */
const remembered = 50;

export class Runs implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  /** The run under way, its telemetry, or its end. */
  readonly onDidChange = this.changed.event;
  private underWay: RunSession | undefined;
  private shown: RunSession | undefined;
  private closing = false;
  private readonly keys = new Map<string, boolean>();

  constructor(private readonly memento: vscode.Memento) {}

  /** The session whose worker is running. */
  get current(): RunSession | undefined {
    return this.underWay;
  }

  /** The run that commands mean when none is named: under way, else shown last. */
  get latest(): RunSession | undefined {
    return this.underWay ?? this.shown;
  }

  show(session: RunSession): void {
    this.shown = session;
    this.changed.fire();
  }

  /** Follows a session until its worker ends. */
  follow(session: RunSession): void {
    this.underWay = session;
    this.shown = session;
    const path = session.folder.path;
    void this.memento.update(memory.runUnderWay, path);
    const recent = [path, ...this.recent.filter((other) => other !== path)].slice(0, remembered);
    void this.memento.update(memory.recentRuns, recent);
    const onChange = () => this.update();
    session.on('change', onChange);
    session.once('ended', () => {
      session.off('change', onChange);
      this.underWay = undefined;
      // Not when the window closes: then the run has been interrupted, which is offered at the next start.
      if (!this.closing) void this.memento.update(memory.runUnderWay, undefined);
      this.update();
    });
    this.update();
  }

  /** Stops the run under way since the window closes; it stays remembered as interrupted. */
  async close(): Promise<void> {
    this.closing = true;
    await this.underWay?.stop();
  }

  /** Folder of the run that a closed window left behind; it is told once. */
  takeInterrupted(): string | undefined {
    const path = this.memento.get<unknown>(memory.runUnderWay);
    if (path !== undefined) void this.memento.update(memory.runUnderWay, undefined);
    return typeof path === 'string' ? path : undefined;
  }

  /** Folders of runs that were started here, newest first; some may be gone. */
  get recent(): string[] {
    const paths = this.memento.get<unknown>(memory.recentRuns);
    return Array.isArray(paths) ? paths.filter((path) => typeof path === 'string') : [];
  }

  private update(): void {
    this.setKey(contextKeys.running, this.underWay !== undefined);
    this.setKey(contextKeys.paused, this.underWay?.paused ?? false);
    this.changed.fire();
  }

  private setKey(key: string, value: boolean): void {
    if ((this.keys.get(key) ?? false) === value) return;
    this.keys.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }

  dispose(): void {
    this.changed.dispose();
  }
}
