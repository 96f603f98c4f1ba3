/** What strategy and estimator report of themselves, trial by trial: a small chart a name. */
import { isSampling } from '../../src/protocol/runState';
import { html } from '../kit/dom';
import { formatLoss, formatTick } from '../kit/format';
import { LineChart, type Line } from '../kit/lineChart';
import { changes } from '../kit/memory';
import { createPanel, type Panel } from '../kit/panel';
import { decimate } from '../kit/series';
import type { Part, PartContext } from '../kit/part';
import type { View } from '../kit/store';
import type { Theme, ThemeColour } from '../kit/theme';
import { plainName, trialName } from './trialText';
import { reportSeries, type ReportSeries } from './trials';

const limit = 1000;
const colours: Readonly<Record<ReportSeries['source'], ThemeColour>> = {
  strategy: 'purple',
  estimator: 'green',
};

export class ReportCharts implements Part {
  readonly panel: Panel;
  private readonly place = html('div', { class: 'report-charts' });
  private readonly charts = new Map<string, LineChart>();
  private readonly changed = changes();
  private theme: Theme;

  constructor({ theme }: PartContext) {
    this.theme = theme;
    this.panel = createPanel('Strategy and estimator', 'reports-panel', this.place);
    this.panel.heading.title =
      'What the search strategy and the estimator say of themselves after each trial';
  }

  get element(): HTMLElement {
    return this.panel.element;
  }

  shown({ run }: View): boolean {
    return isSampling(run) && run.reports.length > 0;
  }

  update({ run }: View): void {
    if (!this.changed(run.reports)) return;
    const all = reportSeries(run.reports);
    const keys = new Set(all.map(keyOf));
    if ([...this.charts.keys()].some((key) => !keys.has(key))) {
      // Another run has other names.
      this.charts.clear();
      this.place.replaceChildren();
    }
    for (const series of all) this.draw(series);
  }

  repaint(theme: Theme): void {
    this.theme = theme;
    for (const chart of this.charts.values()) chart.repaint(theme);
  }

  private draw(series: ReportSeries): void {
    const chart = this.charts.get(keyOf(series)) ?? this.add(series);
    const { trials, values } = series;
    const kept = decimate(values.length, [(index) => values[index]!], limit);
    chart.update([kept.map((index) => trials[index]! + 1), kept.map((index) => values[index]!)]);
  }

  private add(series: ReportSeries): LineChart {
    const { source, name } = series;
    const chart = new LineChart(
      {
        name: `${plainName(name)}, ${source}`,
        place: 'trial',
        whole: true,
        height: 120,
        formatValue: formatLoss,
        formatAxis: formatTick,
        formatPlace: (trial) => trialName(trial - 1),
      },
      this.theme,
    );
    const line: Line = {
      label: plainName(name),
      colour: colours[source],
      width: 2,
      dash: source === 'estimator' ? [6, 3] : [],
    };
    chart.setLines([line]);
    this.charts.set(keyOf(series), chart);
    this.place.append(html('div', { class: 'report-chart' }, chart.legend, chart.element));
    return chart;
  }
}

function keyOf({ source, name }: ReportSeries): string {
  return `${source} ${name}`;
}
