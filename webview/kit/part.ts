/**
 * What the dashboard is made of: a chart, a table, the header. A part is one file and one line in `page/dashboard.ts`, as a
 * metric of vscode-js-profile-visualizer is (`createMetrics`).
 */
import { html, setHidden } from './dom';
import type { Host } from './host';
import type { Store, View } from './store';
import type { Theme } from './theme';

export interface Part {
  readonly element: HTMLElement;
  /** Draws a view; called only with views that the part is shown for. */
  update(view: View): void;
  /** Takes over the colours of a theme, where CSS does not do it. */
  repaint?(theme: Theme): void;
  /** Whether the part has a place in this view; without it, in every one. */
  shown?(view: View): boolean;
}

/** What parts are made with. */
export interface PartContext {
  readonly host: Host;
  readonly store: Store;
  readonly theme: Theme;
}

/** Parts that share a place on the page. Shown while any of them is. */
export class PartGroup implements Part {
  readonly element: HTMLElement;

  constructor(
    className: string,
    private readonly parts: readonly Part[],
  ) {
    this.element = html('div', { class: className }, ...parts.map(({ element }) => element));
  }

  shown(view: View): boolean {
    return this.parts.some((part) => isShown(part, view));
  }

  update(view: View): void {
    for (const part of this.parts) {
      const shown = isShown(part, view);
      setHidden(part.element, !shown);
      if (shown) part.update(view);
    }
  }

  repaint(theme: Theme): void {
    for (const part of this.parts) part.repaint?.(theme);
  }
}

function isShown(part: Part, view: View): boolean {
  return part.shown?.(view) ?? true;
}
