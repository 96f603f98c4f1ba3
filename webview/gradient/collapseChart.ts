/** Skip connections of the normal cell by epoch with the most that the guard allows; the eigenvalue where it is measured. */
import { html, setHidden } from '../kit/dom';
import { formatLoss, formatTick } from '../kit/format';
import { LineChart } from '../kit/lineChart';
import { changes } from '../kit/memory';
import type { View } from '../kit/store';
import type { Theme } from '../kit/theme';

export class CollapseChart {
  readonly element: HTMLElement;
  private readonly skips: LineChart;
  private readonly eigenvalue: LineChart;
  private readonly eigenvaluePlace: HTMLElement;
  private readonly changed = changes();

  constructor(theme: Theme) {
    const formatPlace = (epoch: number): string => `epoch ${epoch}`;
    this.skips = new LineChart(
      {
        name: 'Skip connections by epoch',
        whole: true,
        height: 110,
        formatValue: (value) => String(value),
        formatAxis: (value) => (Number.isInteger(value) ? String(value) : ''),
        formatPlace,
        range: (_, max) => [0, max + 1],
      },
      theme,
    );
    this.eigenvalue = new LineChart(
      {
        name: 'Largest eigenvalue',
        whole: true,
        height: 110,
        formatValue: formatLoss,
        formatAxis: formatTick,
        formatPlace,
      },
      theme,
    );
    this.skips.setLines([
      { label: 'skip connections of the normal cell', colour: 'purple', width: 2, points: true },
      { label: 'allowed', colour: 'red', width: 1.5, dash: [6, 3] },
    ]);
    this.eigenvalue.setLines([
      { label: 'largest eigenvalue of the validation loss in α', colour: 'green', width: 2, points: true },
    ]);
    this.eigenvaluePlace = html('div', {}, this.eigenvalue.legend, this.eigenvalue.element);
    const place = html('div', {}, this.skips.legend, this.skips.element);
    this.element = html('div', { class: 'collapse' }, place, this.eigenvaluePlace);
  }

  update({ run: { collapses } }: View): void {
    setHidden(this.element, collapses.length === 0);
    setHidden(
      this.eigenvaluePlace,
      collapses.every(({ eigenvalue }) => eigenvalue === undefined),
    );
    if (!this.changed(collapses)) return;
    const epochs = collapses.map(({ epoch }) => epoch + 1);
    this.skips.update([epochs, collapses.map(({ skips }) => skips), collapses.map(({ allowed }) => allowed)]);
    this.eigenvalue.update([epochs, collapses.map(({ eigenvalue }) => eigenvalue ?? null)]);
  }

  repaint(theme: Theme): void {
    this.skips.repaint(theme);
    this.eigenvalue.repaint(theme);
  }
}
