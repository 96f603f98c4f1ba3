/** Everything about the trials of a sampling search, and which of them is shown in full. */
import { html } from '../kit/dom';
import type { Host } from '../kit/host';
import { ReportCharts } from './reportCharts';
import type { Store, View } from '../kit/store';
import type { Theme } from '../kit/theme';
import { CostChart, ScoreChart } from './trialCharts';
import { TrialDetails } from './trialDetails';
import { TrialTable } from './trialTable';
import { namedBest } from './trials';

export class TrialsView {
  readonly element: HTMLElement;
  readonly reports: ReportCharts;
  private readonly score: ScoreChart;
  private readonly cost: CostChart;
  private readonly table: TrialTable;
  private readonly details: TrialDetails;

  constructor(host: Host, store: Store, theme: Theme) {
    this.score = new ScoreChart(store, theme);
    this.cost = new CostChart(store, theme);
    this.table = new TrialTable(store);
    this.details = new TrialDetails(host, store);
    this.reports = new ReportCharts(theme);
    const parts = [this.score.panel, this.cost.panel, this.table.panel, this.details.panel];
    this.element = html('div', { class: 'trials-view' }, ...parts.map(({ element }) => element));
  }

  update(view: View): void {
    const { run, ui } = view;
    const best = namedBest(run);
    const known = run.trials.some(({ index }) => index === ui.trial);
    const selected = known ? ui.trial : best;
    this.score.update(view, selected);
    this.cost.update(view, selected);
    this.table.update(view, selected);
    this.details.update(view, selected, best);
    this.reports.update(view);
  }

  repaint(theme: Theme): void {
    this.score.repaint(theme);
    this.cost.repaint(theme);
    this.reports.repaint(theme);
  }
}
