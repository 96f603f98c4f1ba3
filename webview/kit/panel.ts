/** The frame that every part of the dashboard stands in: a heading, controls at its right, a body or why there is none yet. */
import { html, setHidden, setText, uniqueId } from './dom';
import type { LineChart } from './lineChart';

export interface Panel {
  readonly element: HTMLElement;
  readonly heading: HTMLElement;
  /** Says why there is nothing yet; undefined shows the body. The room stays the same. */
  setWaiting(text: string | undefined): void;
}

/** A section named by its heading. */
export function createPanel(
  title: string,
  className: string,
  body: HTMLElement,
  controls: HTMLElement[] = [],
): Panel {
  const heading = html('h2', { id: uniqueId('panel') }, title);
  const waiting = html('p', { class: 'waiting', hidden: true });
  const head = html(
    'div',
    { class: 'panel-head' },
    heading,
    html('div', { class: 'panel-controls' }, ...controls),
  );
  const element = html(
    'section',
    { class: `panel ${className}`, 'aria-labelledby': heading.id },
    head,
    body,
    waiting,
  );
  return {
    element,
    heading,
    setWaiting: (text) => {
      setText(waiting, text ?? '');
      setHidden(waiting, text === undefined);
      body.classList.toggle('unready', text !== undefined);
      body.inert = text !== undefined;
    },
  };
}

/** A panel around a chart, its legend above the canvas. */
export function chartPanel(title: string, chart: LineChart, controls: HTMLElement[] = []): Panel {
  return createPanel(title, 'chart-panel', html('div', {}, chart.legend, chart.element), controls);
}

/** "epoch 2.35": how far a training was. */
export function formatEpoch(epochs: number): string {
  return `epoch ${epochs.toFixed(2)}`;
}
