/** Two charts of a sampling search: score by trial with the best so far, and score against a cost with the Pareto front. */
import { isSampling, trialScoreTitle } from '../../src/protocol/runState';
import { createChoice } from '../kit/controls';
import { setText } from '../kit/dom';
import { LineChart, type ChartData, type Line } from '../kit/lineChart';
import { changes } from '../kit/memory';
import { chartPanel, type Panel } from '../kit/panel';
import type { CostName } from '../../src/protocol/events';
import type { Part, PartContext } from '../kit/part';
import type { View } from '../kit/store';
import type { Theme } from '../kit/theme';
import { capitalized, costLooks, formatScore, trialName } from './trialText';
import {
  bestSoFar,
  byCost,
  isScored,
  knownCosts,
  paretoFront,
  selectedTrial,
  type ScoredTrial,
  type Trial,
} from './trials';

const height = 210;
const scores: Line = { label: 'score', colour: 'blue', mark: 'points' };

const best: Line = { label: 'best so far', colour: 'orange', width: 2, mark: 'steps' };
const others: Line = { label: 'trial', colour: 'blue', mark: 'points', opacity: 0.6 };
const front: Line = { label: 'Pareto front', colour: 'orange', width: 2, mark: 'steps', points: true };
const chosen: Line = { label: 'selected', colour: 'foreground', mark: 'points' };
const waiting = 'Waiting for the first score.';

/** Every trial with a score as a dot, the best so far as a line. */
export class ScoreChart implements Part {
  readonly panel: Panel;
  private readonly chart: LineChart;
  private trials: readonly Trial[] = [];
  private readonly changed = changes();

  constructor({ store, theme }: PartContext) {
    this.chart = new LineChart(
      {
        name: 'Score by trial',
        place: 'trial',
        whole: true,
        height,
        formatValue: formatScore,
        formatAxis: shortScore,
        formatPlace: (trial) => trialName(trial - 1),
        onPick: (at) => store.choose({ trial: this.trials[at]!.index }),
      },
      theme,
    );
    this.panel = chartPanel('Score by trial', this.chart);
  }

  get element(): HTMLElement {
    return this.panel.element;
  }

  shown({ run }: View): boolean {
    return isSampling(run);
  }

  update(view: View): void {
    const { run } = view;
    const { selected } = selectedTrial(view);
    if (!this.changed(run.trials, selected)) return;
    const { trials } = run;
    this.trials = trials;
    this.panel.setWaiting(trials.some(isScored) ? undefined : waiting);
    const title = trialScoreTitle(run);
    setText(this.panel.heading, `${capitalized(title)} by trial`);
    this.chart.setLines([{ ...scores, label: title }, best, chosen]);
    this.chart.update([
      trials.map(({ index }) => index + 1),
      trials.map((trial) => (isScored(trial) ? trial.score : null)),
      bestSoFar(trials),
      trials.map((trial) => (trial.index === selected && isScored(trial) ? trial.score : null)),
    ]);
  }

  repaint(theme: Theme): void {
    this.chart.repaint(theme);
  }
}

/** Trials in the plane of a cost and the score: up and to the left is better. */
export class CostChart implements Part {
  readonly panel: Panel;
  private readonly chart: LineChart;
  private readonly choice;
  private trials: readonly ScoredTrial[] = [];
  private front: readonly ScoredTrial[] = [];
  private cost: CostName = 'parameters';
  private readonly changed = changes();

  constructor({ store, theme }: PartContext) {
    this.choice = createChoice('Cost on the horizontal axis', (cost) =>
      store.choose({ cost: cost as CostName }),
    );
    this.chart = new LineChart(
      {
        name: 'Score against cost',
        place: '',
        height,
        scatter: true,
        formatValue: formatScore,
        formatAxis: shortScore,
        formatPlace: (cost, at) => `${trialName(this.trials[at]!.index)} · ${this.costText(cost)}`,
        formatPlaceAxis: (cost) => costLooks[this.cost].format(cost),
        summary: () => this.summary(),
        onPick: (at) => store.choose({ trial: this.trials[at]!.index }),
      },
      theme,
    );
    this.panel = chartPanel('Score against cost', this.chart, [this.choice.element]);
    this.panel.heading.title =
      'The Pareto front joins the trials that no other one beats in score without costing more';
  }

  get element(): HTMLElement {
    return this.panel.element;
  }

  shown({ run }: View): boolean {
    return isSampling(run);
  }

  update(view: View): void {
    const { run, ui } = view;
    const { selected } = selectedTrial(view);
    if (!this.changed(run.trials, ui.cost, selected)) return;
    const known = knownCosts(run.trials);
    this.cost = known.includes(ui.cost) ? ui.cost : (known[0] ?? 'parameters');
    this.choice.update(
      known.map((name) => ({ value: name, label: costLooks[name].title })),
      this.cost,
    );
    this.trials = byCost(run.trials, this.cost);
    this.front = paretoFront(run.trials, this.cost);
    const inFront = new Set(this.front);
    this.panel.setWaiting(this.trials.length > 0 ? undefined : waiting);
    const column = (shown: (trial: ScoredTrial) => boolean): (number | null)[] =>
      this.trials.map((trial) => (shown(trial) ? trial.score : null));
    setText(this.panel.heading, `${capitalized(trialScoreTitle(run))} against cost`);
    this.chart.setLines([others, front, chosen]);
    this.chart.update([
      this.trials.map(({ costs }) => costs[this.cost]!),
      column((trial) => !inFront.has(trial)),
      column((trial) => inFront.has(trial)),
      column(({ index }) => index === selected),
    ] as ChartData);
  }

  repaint(theme: Theme): void {
    this.chart.repaint(theme);
  }

  private costText(cost: number): string {
    const { format, unit } = costLooks[this.cost];
    return `${format(cost)} ${unit}`;
  }

  private summary(): string {
    const [cheapest] = this.front;
    const best = this.front.at(-1);
    if (!cheapest || !best) return 'No trials yet.';
    const point = ({ index, score, costs }: ScoredTrial): string =>
      `${trialName(index)} with score ${formatScore(score)} at ${this.costText(costs[this.cost]!)}`;
    const size = `${this.front.length} of ${this.trials.length} trials are on the Pareto front`;
    return `${size}, from ${point(cheapest)} to ${point(best)}.`;
  }
}

/** For an axis, without needless zeros. */
function shortScore(value: number): string {
  return Math.abs(value) >= 10_000 ? formatScore(value) : String(Number(value.toPrecision(4)));
}
