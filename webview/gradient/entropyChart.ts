/** Mean entropy of α's softmax over the search: it starts at ln K, undecided, and falls as edges choose. */
import { searchesByGradient } from '../../src/protocol/runState';
import { entropySeries } from './alphaSeries';
import { LineChart, type Line } from '../kit/lineChart';
import { changes } from '../kit/memory';
import { chartPanel, formatEpoch, type Panel } from '../kit/panel';
import type { Part, PartContext } from '../kit/part';
import type { View } from '../kit/store';
import type { Theme } from '../kit/theme';

export class EntropyChart implements Part {
  readonly panel: Panel;
  private readonly chart: LineChart;
  private readonly series = entropySeries();
  private readonly changed = changes();

  constructor({ theme }: PartContext) {
    this.chart = new LineChart(
      {
        name: 'Entropy of α',
        height: 130,
        formatValue: (value) => value.toFixed(2),
        formatPlace: formatEpoch,
        range: (min, max) => [
          Math.max(0, min - Math.max(0.02, (max - min) * 0.1)),
          max + Math.max(0.01, (max - min) * 0.08),
        ],
      },
      theme,
    );
    this.panel = chartPanel('Entropy of α', this.chart);
    this.panel.heading.title =
      'Mean over the edges of −Σ p ln p, p the softmax of α, in nats. 0 when every edge has chosen.';
  }

  get element(): HTMLElement {
    return this.panel.element;
  }

  shown({ run }: View): boolean {
    return searchesByGradient(run);
  }

  update({ run }: View): void {
    if (!this.changed(run.alphas)) return;
    const operations = run.run?.space.operations.length ?? 0;
    this.panel.setWaiting(run.alphas.length === 0 ? 'Waiting for the first α.' : undefined);
    const kinds = run.alphas[0]?.reduction.length === 0 ? 1 : 2;
    this.chart.setLines(lines(operations, kinds));
    const { epochs, columns } = this.series(run);
    this.chart.update([
      epochs,
      ...columns.slice(0, kinds),
      epochs.map(() => Math.log(Math.max(1, operations))),
    ] as never);
  }

  repaint(theme: Theme): void {
    this.chart.repaint(theme);
  }
}

/** @param kinds of cells that the space has */
function lines(operations: number, kinds: 1 | 2): Line[] {
  const reduction: Line = { label: 'reduction', colour: 'purple', width: 2, dash: [6, 3] };
  return [
    { label: kinds === 2 ? 'normal' : 'entropy', colour: 'green', width: 2 },
    ...(kinds === 2 ? [reduction] : []),
    { label: `ln ${operations}`, colour: 'muted', width: 1, dash: [2, 3] },
  ];
}
