/** Softmax weights of one edge's operations over the search. */
import { edgeSeries } from './alphaSeries';
import { html } from './dom';
import { edgeLabel } from './edgeLabel';
import { formatWeight } from './format';
import type { HeatmapRow } from './heatmapModel';
import { LineChart, type ChartData } from './lineChart';
import { edgeText, operationLook } from './naming';
import { formatEpoch } from './panel';
import type { View } from './store';
import type { Theme } from './theme';

export class EdgeStrip {
  readonly element: HTMLElement;
  private readonly heading = html('h3');
  private shown = '';
  private readonly chart: LineChart;
  private readonly series = edgeSeries();

  constructor(theme: Theme) {
    const range = (min: number, max: number): [number, number] => [
      Math.max(0, min - 0.02),
      Math.min(1, max + 0.02),
    ];
    const name = 'Softmax weights of the selected edge';
    this.chart = new LineChart(
      { name, height: 180, formatValue: formatWeight, formatPlace: formatEpoch, range },
      theme,
    );
    this.chart.legend.classList.add('column');
    const body = html('div', { class: 'edge-strip-body' }, this.chart.element, this.chart.legend);
    this.element = html('div', { class: 'edge-strip' }, this.heading, body);
  }

  /** @param row the selected edge as the heat map has it */
  update({ run, ui }: View, row: HeatmapRow, operations: readonly string[]): void {
    const cell = ui.edge.kind === 'normal' ? 'normal cell' : 'reduction cell';
    const shown = `${edgeText(row.edge)}, ${cell}`;
    if (shown !== this.shown) this.heading.replaceChildren('Edge ', edgeLabel(row.edge), `, ${cell}`);
    this.shown = shown;
    this.chart.setLines(
      operations
        .map(operationLook)
        .map((look) => ({ label: look.short, colour: look.colour, dash: look.dash })),
    );
    const { epochs, columns } = this.series(run, ui.edge.kind, ui.edge.index);
    this.chart.update([epochs, ...columns] as ChartData);
  }

  repaint(theme: Theme): void {
    this.chart.repaint(theme);
  }
}
