/** Progress on standard error, so that standard output holds the result alone: one line that changes, or on no terminal a line each. */
import { createLogUpdate } from 'log-update';

export interface ProgressLine {
  /** Stays. */
  note(text: string): void;
  /** Takes the place of what was shown before. @param detail changes too often for a line each, so only a terminal shows it */
  show(text: string, detail?: string): void;
  end(): void;
}

export function progressLine(): ProgressLine {
  const live = process.stderr.isTTY ? createLogUpdate(process.stderr) : undefined;
  let last = '';
  return {
    note(text) {
      live?.clear();
      console.error(text);
    },
    show(text, detail = '') {
      const line = live ? text + detail : text;
      if (line === last) return;
      last = line;
      if (live) live(line);
      else console.error(line);
    },
    end() {
      live?.clear();
    },
  };
}
