/** Softmax weights of one edge's operations over the search. */
import type { RunState } from '../../src/protocol/runState';
import type { CellKind } from '../../src/space/frame';
import { edgeSeries } from './alphaSeries';
import { html } from '../kit/dom';
import { edgeLabel } from './edgeLabel';
import { formatWeight } from '../kit/format';
import type { HeatmapModel, HeatmapRow } from './heatmapModel';
import { LineChart, type ChartData } from '../kit/lineChart';
import { edgeText, operationLook } from '../kit/naming';
import { formatEpoch } from '../kit/panel';
import type { Theme } from '../kit/theme';

/** The edge that is drawn: its place in α and how the heat map has it. */
export interface SelectedEdge {
  readonly kind: CellKind;
  readonly index: number;
  readonly row: HeatmapRow;
  readonly model: HeatmapModel;
  /** "normal cell"; undefined where there is but one kind. */
  readonly place?: string;
}

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

  update(run: RunState, { kind, index, row, model, place }: SelectedEdge): void {
    const shown = [edgeText(row.edge, model.inputs), place].filter(Boolean).join(', ');
    if (shown !== this.shown) {
      const rest = place === undefined ? '' : `, ${place}`;
      this.heading.replaceChildren('Edge ', edgeLabel(row.edge, model.inputs), rest);
    }
    this.shown = shown;
    this.chart.setLines(
      model.operations
        .map(operationLook)
        .map((look) => ({ label: look.short, colour: look.colour, dash: look.dash })),
    );
    const { epochs, columns } = this.series(run, kind, index);
    this.chart.update([epochs, ...columns] as ChartData);
  }

  repaint(theme: Theme): void {
    this.chart.repaint(theme);
  }
}
