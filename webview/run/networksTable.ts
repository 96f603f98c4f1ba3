/** Networks trained to the end and judged on the test split: the found one beside randomly drawn ones. */
import { baselineSummary, type RunState } from '../../src/protocol/runState';
import { html } from '../kit/dom';
import { formatCount, formatInteger, formatPercent } from '../kit/format';
import { changes } from '../kit/memory';
import { createPanel, type Panel } from '../kit/panel';
import type { Part } from '../kit/part';
import type { View } from '../kit/store';

export interface NetworkRow {
  readonly name: string;
  readonly accuracy: number;
  readonly parameters: number;
  readonly flops: number;
  readonly found: boolean;
}

/** Rows of the table: found network, mean of the random networks, the best of them. Pure, for tests. */
export function networkRows(run: RunState): NetworkRow[] {
  const rows: NetworkRow[] = run.networks
    .filter((network) => network.phase === 'final')
    .map(({ testAccuracy, parameters, flops }) => ({
      name: 'Found network',
      accuracy: testAccuracy,
      parameters,
      flops,
      found: true,
    }));
  const random = run.networks.filter((network) => network.phase === 'baseline');
  const summary = baselineSummary(run);
  if (!summary) return rows;
  const mean = (of: (network: (typeof random)[number]) => number): number =>
    random.reduce((sum, network) => sum + of(network), 0) / random.length;
  const best = random.find((network) => network.testAccuracy === summary.best)!;
  const name = summary.count === 1 ? 'Random network' : `Random, mean of ${summary.count}`;
  const flops = mean((network) => network.flops);
  rows.push({ name, accuracy: summary.mean, parameters: mean((n) => n.parameters), flops, found: false });
  if (summary.count > 1) {
    const { testAccuracy: accuracy, parameters } = best;
    rows.push({ name: 'Random, best', accuracy, parameters, flops: best.flops, found: false });
  }
  return rows;
}

export class NetworksTable implements Part {
  readonly panel: Panel;
  private readonly body = html('tbody');
  private readonly changed = changes();

  constructor() {
    const column = (text: string, title?: string): HTMLElement => html('th', { scope: 'col', title }, text);
    const head = html(
      'tr',
      {},
      column('Network'),
      column('Accuracy', 'Share of the test split that is classified right'),
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
    if (!this.changed(run.networks)) return;
    const rows = networkRows(run);
    const accuracies = rows.map((row) => row.accuracy);
    const scale = accuracyScale(accuracies);
    this.panel.setWaiting(rows.length === 0 ? 'Test accuracies appear after the search.' : undefined);
    this.body.replaceChildren(...rows.map((row) => this.row(row, scale)));
  }

  private row(
    { name, accuracy, parameters, flops, found }: NetworkRow,
    [low, high]: [number, number],
  ): HTMLElement {
    const mark = html('span', {
      class: 'scale',
      title: `${formatPercent(low, 0)} … ${formatPercent(high, 0)}`,
    });
    mark.style.setProperty('--share', ((accuracy - low) / (high - low)).toFixed(3));
    const value = html('div', { class: 'accuracy' }, mark, formatPercent(accuracy));
    const cells = [value, formatInteger(parameters), formatCount(flops)].map((content) =>
      html('td', {}, content),
    );
    return html('tr', { class: found ? 'found' : undefined }, html('th', { scope: 'row' }, name), ...cells);
  }
}

/** Ends of a scale that holds all accuracies with some room, in whole percent. */
function accuracyScale(accuracies: readonly number[]): [number, number] {
  const low = Math.floor(100 * Math.min(...accuracies) - 1) / 100;
  const high = Math.ceil(100 * Math.max(...accuracies) + 1) / 100;
  return [Math.max(0, low), Math.min(1, high)];
}
