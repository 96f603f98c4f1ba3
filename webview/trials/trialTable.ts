/**
 * All trials as a grid that can be sorted. One tab stop for the rows: arrow keys, Page keys, Home and End move, Enter or
 * Space selects the trial that is then shown in full. Long lists show their first rows and more on demand.
 */
import { isSampling, trialScoreTitle } from '../../src/protocol/runState';
import type { CostName } from '../../src/protocol/events';
import { createLink } from '../kit/controls';
import { html, setAttribute, setHidden, setText, uniqueId } from '../kit/dom';
import { formatInteger } from '../kit/format';
import { icon } from '../kit/icons';
import { changes } from '../kit/memory';
import { createPanel, type Panel } from '../kit/panel';
import type { SortKey } from '../kit/host';
import type { Part, PartContext } from '../kit/part';
import type { Store, View } from '../kit/store';
import {
  capitalized,
  costLooks,
  formatScore,
  shortArchitecture,
  shortOrigin,
  statusTexts,
  trialName,
} from './trialText';
import { isScored, knownCosts, selectedTrial, sortTrials, type Trial } from './trials';

/** So many rows at first, and with each press on the link. */
const page = 50;

interface Column {
  readonly key: SortKey;
  readonly title: string;
  /** Numbers stand at the right and are best read from the largest on. */
  readonly numeric: boolean;
  text(trial: Trial): string;
}

/** @param score what the scores are */
function columns(costs: readonly CostName[], score: string): Column[] {
  return [
    { key: 'index', title: 'Trial', numeric: true, text: ({ index }) => formatInteger(index + 1) },
    {
      key: 'score',
      title: capitalized(score),
      numeric: true,
      text: (trial) => (isScored(trial) ? formatScore(trial.score) : '–'),
    },
    ...costs.map((name): Column => {
      const { title, format } = costLooks[name];
      const text = ({ costs: known }: Trial): string => {
        const value = known[name];
        return value === undefined ? '–' : format(value);
      };
      return { key: name, title, numeric: true, text };
    }),
    { key: 'status', title: 'Status', numeric: false, text: ({ status }) => statusTexts[status] },
    { key: 'by', title: 'Made by', numeric: false, text: shortOrigin },
    { key: 'text', title: 'Architecture', numeric: false, text: ({ text }) => shortArchitecture(text) },
  ];
}

export class TrialTable implements Part {
  readonly panel: Panel;
  private readonly head = html('tr', { role: 'row' });
  private readonly body = html('tbody');
  private readonly table: HTMLTableElement;
  private readonly more;
  private limit = page;
  private columns: readonly Column[] = [];
  private rows = new Map<Trial, HTMLTableRowElement>();
  private rowsShown: readonly Trial[] = [];
  /** Index of the trial that the tab stop is at. */
  private active: number | undefined;
  private readonly changed = changes();
  private readonly store: Store;

  constructor({ store }: PartContext) {
    this.store = store;
    const hint = html('p', { id: uniqueId('hint'), class: 'visually-hidden' });
    hint.textContent = 'Arrow keys move, Enter shows a trial in full.';
    this.table = html(
      'table',
      { class: 'trials', role: 'grid', 'aria-label': 'Trials', 'aria-describedby': hint.id },
      html('thead', {}, this.head),
      this.body,
    );
    this.table.addEventListener('click', (event) => this.onClick(event));
    this.body.addEventListener('keydown', (event) => this.onKey(event));
    this.more = createLink('', () => {
      this.limit += page;
      this.update(this.store.view);
    });
    const body = html('div', {}, hint, html('div', { class: 'table-scroll' }, this.table), this.more);
    this.panel = createPanel('Trials', 'trials-panel', body);
  }

  get element(): HTMLElement {
    return this.panel.element;
  }

  shown({ run }: View): boolean {
    return isSampling(run);
  }

  update(view: View): void {
    const { run, ui } = view;
    const { trials } = run;
    const { selected } = selectedTrial(view);
    if (trials.length < this.rowsShown.length) this.limit = page;
    if (!this.changed(trials, ui.order, selected, this.limit)) return;
    this.panel.setWaiting(trials.length === 0 ? 'Waiting for the first trial.' : undefined);
    this.updateColumns(run);
    for (const head of this.head.children) {
      const sorted = (head as HTMLElement).dataset.key === ui.order.key;
      setAttribute(
        head,
        'aria-sort',
        sorted ? (ui.order.descending ? 'descending' : 'ascending') : undefined,
      );
    }
    this.rowsShown = sortTrials(trials, ui.order).slice(0, this.limit);
    if (!this.rowsShown.some(({ index }) => index === this.active)) this.active = this.rowsShown[0]?.index;
    this.placeRows();
    for (const trial of this.rowsShown) {
      const row = this.rows.get(trial)!;
      setAttribute(row, 'aria-selected', String(trial.index === selected));
      setAttribute(row, 'tabindex', trial.index === this.active ? '0' : '-1');
    }
    setAttribute(this.table, 'aria-rowcount', String(trials.length + 1));
    const rest = trials.length - this.rowsShown.length;
    setHidden(this.more, rest <= 0);
    const more = `Show ${formatInteger(Math.min(page, rest))} more`;
    setText(this.more, rest > page ? `${more} of ${formatInteger(rest)}` : more);
  }

  private updateColumns(run: View['run']): void {
    const wanted = columns(knownCosts(run.trials), trialScoreTitle(run));
    if (wanted.map(({ key }) => key).join() === this.columns.map(({ key }) => key).join()) return;
    this.columns = wanted;
    this.rows.clear();
    const heads = wanted.map(({ key, title, numeric }) => {
      const button = html('button', { type: 'button', class: 'sort' }, title);
      button.addEventListener('click', () => this.sortBy(key, numeric));
      const attributes = {
        scope: 'col',
        role: 'columnheader',
        'data-key': key,
        class: numeric ? 'number' : undefined,
      };
      return html('th', attributes, button);
    });
    this.head.replaceChildren(...heads);
  }

  private sortBy(key: SortKey, numeric: boolean): void {
    const { order } = this.store.view.ui;
    this.store.choose({ order: { key, descending: order.key === key ? !order.descending : numeric } });
  }

  /** A trial never changes, so its row stays the same element; the focus stays where it was. */
  private placeRows(): void {
    const wanted = this.rowsShown.map((trial) => {
      const row = this.rows.get(trial) ?? this.row(trial);
      this.rows.set(trial, row);
      return row;
    });
    const { children } = this.body;
    if (wanted.length === children.length && wanted.every((row, index) => row === children[index])) return;
    const focused = document.activeElement;
    this.body.replaceChildren(...wanted);
    if (focused instanceof HTMLElement && this.body.contains(focused)) focused.focus({ preventScroll: true });
  }

  private row(trial: Trial): HTMLTableRowElement {
    const cells = this.columns.map(({ key, numeric, text }) => {
      const cell = html('td', { role: 'gridcell', class: numeric ? 'number' : `trial-${key}` }, text(trial));
      if (key === 'text') cell.title = trial.text;
      if (key === 'status' && trial.status !== 'done') {
        cell.prepend(icon(trial.status === 'failed' ? 'failed' : 'rejected'));
        if (trial.message !== undefined) cell.title = trial.message;
      }
      return cell;
    });
    const score = isScored(trial)
      ? `score ${formatScore(trial.score)}`
      : `${trial.status} ${trial.message ?? ''}`;
    const label = `${trialName(trial.index)}, ${score.trim()}, ${trial.text}`;
    const attributes = {
      role: 'row',
      'data-status': trial.status,
      'data-trial': trial.index,
      'aria-label': label,
    };
    return html('tr', attributes, ...cells);
  }

  private onClick(event: MouseEvent): void {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('tbody tr') : null;
    if (!row) return;
    this.activate(Number(row.dataset.trial));
    this.store.choose({ trial: this.active });
  }

  private onKey(event: KeyboardEvent): void {
    const at = this.rowsShown.findIndex(({ index }) => index === this.active);
    const last = this.rowsShown.length - 1;
    const moves: Record<string, number> = {
      ArrowUp: at - 1,
      ArrowDown: at + 1,
      PageUp: at - 10,
      PageDown: at + 10,
      Home: 0,
      End: last,
    };
    const move = moves[event.key];
    if (move !== undefined) this.activate(this.rowsShown[Math.min(last, Math.max(0, move))]?.index);
    else if (event.key === 'Enter' || event.key === ' ') this.store.choose({ trial: this.active });
    else return;
    event.preventDefault();
  }

  private activate(index: number | undefined): void {
    const rowOf = (wanted: number | undefined): HTMLElement | null =>
      this.body.querySelector(`tr[data-trial="${wanted}"]`);
    rowOf(this.active)?.setAttribute('tabindex', '-1');
    this.active = index;
    const row = rowOf(index);
    row?.setAttribute('tabindex', '0');
    row?.focus();
  }
}
