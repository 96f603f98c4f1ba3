/** Networks trained to the end and judged on the test split: the found one beside randomly drawn ones. */
import { scoreNameOf, testScoreOf } from '../../src/protocol/events';
import { baselineSummary, isTraining, networkTitle, type RunState } from '../../src/protocol/runState';
import { scores, type ScoreName } from '../../src/scores';
import { html, setAttribute, setText } from '../kit/dom';
import { formatCount, formatInteger, formatJudged, formatPercent } from '../kit/format';
import { changes } from '../kit/memory';
import { createPanel, type Panel } from '../kit/panel';
import type { Part } from '../kit/part';
import type { View } from '../kit/store';

export interface NetworkRow {
  readonly name: string;
  /** Larger is better. */
  readonly score: number;
  readonly parameters: number;
  readonly flops: number;
  readonly found: boolean;
}

/** Rows of the table: found network, mean of the random networks, the best of them. Pure, for tests. */
export function networkRows(run: RunState): NetworkRow[] {
  const rows: NetworkRow[] = run.networks
    .filter((network) => network.phase === 'final')
    .map((network) => ({
      name: networkTitle(run),
      score: testScoreOf(network),
      parameters: network.parameters,
      flops: network.flops,
      found: true,
    }));
  const random = run.networks.filter((network) => network.phase === 'baseline');
  const summary = baselineSummary(run);
  if (!summary) return rows;
  const mean = (of: (network: (typeof random)[number]) => number): number =>
    random.reduce((sum, network) => sum + of(network), 0) / random.length;
  const best = random.find((network) => testScoreOf(network) === summary.best)!;
  const name = summary.count === 1 ? 'Random network' : `Random, mean of ${summary.count}`;
  const flops = mean((network) => network.flops);
  rows.push({ name, score: summary.mean, parameters: mean((n) => n.parameters), flops, found: false });
  if (summary.count > 1) {
    const { parameters } = best;
    rows.push({ name: 'Random, best', score: summary.best, parameters, flops: best.flops, found: false });
  }
  return rows;
}

export class NetworksTable implements Part {
  readonly panel: Panel;
  private readonly body = html('tbody');
  private readonly scoreColumn = html('th', { scope: 'col' });
  private readonly changed = changes();

  constructor() {
    const column = (text: string, title?: string): HTMLElement => html('th', { scope: 'col', title }, text);
    const head = html(
      'tr',
      {},
      column('Network'),
      this.scoreColumn,
      column('Parameters'),
      column('MACs', 'Multiply–accumulates for one image'),
    );
    const table = html('table', { class: 'networks' }, html('thead', {}, head), this.body);
    this.panel = createPanel('Networks', 'networks-panel', table);
  }

  get element(): HTMLElement {
    return this.panel.element;
  }

  update({ run }: View): void {
    if (!this.changed(run.networks, run.run)) return;
    const rows = networkRows(run);
    const name = scoreNameOf(run.run);
    const { title, description } = scores.find((score) => score.name === name)!;
    setText(
      this.scoreColumn,
      title.replace(/^./, (letter) => letter.toUpperCase()),
    );
    setAttribute(this.scoreColumn, 'title', `On the test split. ${description}`);
    const values = rows.map((row) => row.score);
    const scale = name === 'logLoss' ? lossScale(values) : shareScale(values);
    this.panel.setWaiting(
      rows.length === 0
        ? isTraining(run)
          ? 'Its test score appears after the training.'
          : 'Test scores appear after the search.'
        : undefined,
    );
    this.body.replaceChildren(...rows.map((row) => this.row(row, name, scale)));
  }

  private row(
    { name, score, parameters, flops, found }: NetworkRow,
    by: ScoreName,
    [low, high]: [number, number],
  ): HTMLElement {
    const mark = html('span', {
      class: 'scale',
      title:
        by === 'logLoss'
          ? `${formatJudged(by, low)} … 0`
          : `${formatPercent(low, 0)} … ${formatPercent(high, 0)}`,
    });
    mark.style.setProperty('--share', ((score - low) / (high - low)).toFixed(3));
    const value = html('div', { class: 'score' }, mark, formatJudged(by, score));
    const cells = [value, formatInteger(parameters), formatCount(flops)].map((content) =>
      html('td', {}, content),
    );
    return html('tr', { class: found ? 'found' : undefined }, html('th', { scope: 'row' }, name), ...cells);
  }
}

/** Ends of a scale up to a log-loss of 0, with some room. */
function lossScale(values: readonly number[]): [number, number] {
  return [1.1 * Math.min(...values), 0];
}

/** Ends of a scale that holds all shares with some room, in whole percent. */
function shareScale(values: readonly number[]): [number, number] {
  const low = Math.floor(100 * Math.min(...values) - 1) / 100;
  const high = Math.ceil(100 * Math.max(...values) + 1) / 100;
  return [Math.max(0, low), Math.min(1, high)];
}
