/**
 * The heat map of one cell kind as an accessible grid: rows are edges, columns operations. One tab stop; arrow keys,
 * Home and End move, Enter or Space selects the edge whose weights are then drawn over time.
 */
import type { CellKind } from '../../src/space/frame';
import { html, setAttribute, setText, uniqueId } from '../kit/dom';
import { edgeLabel } from './edgeLabel';
import { formatWeight } from '../kit/format';
import { rampPlace, type HeatmapModel, type HeatmapRow } from './heatmapModel';
import { edgeText, operationLook, type OperationLook } from '../kit/naming';

interface GridCell {
  readonly element: HTMLTableCellElement;
  /** What the element shows, to leave it alone while that is the same. */
  shown: string;
}

interface GridRow {
  readonly element: HTMLTableRowElement;
  readonly label: HTMLTableCellElement;
  /** β, where the search has it. */
  readonly share?: HTMLTableCellElement;
  readonly cells: readonly GridCell[];
}

export class AlphaHeatmap {
  readonly element: HTMLElement;
  private readonly heading = html('h3', { id: uniqueId('heatmap') });
  private readonly body = html('tbody');
  private readonly head = html('thead');
  private rows: GridRow[] = [];
  private looks: OperationLook[] = [];
  private model: HeatmapModel | undefined;
  private shape = '';
  private active = { row: 0, column: 0 };

  constructor(
    kind: CellKind,
    private readonly onSelect: (edge: number) => void,
  ) {
    const { heading } = this;
    const hint = html('p', { id: uniqueId('hint'), class: 'visually-hidden' });
    hint.textContent = 'Arrow keys move, Enter shows the weights of an edge over time.';
    const table = html(
      'table',
      { role: 'grid', 'aria-labelledby': heading.id, 'aria-describedby': hint.id, 'data-kind': kind },
      this.head,
      this.body,
    );
    table.addEventListener('keydown', (event) => this.onKey(event));
    table.addEventListener('click', (event) => this.onClick(event));
    table.addEventListener('pointerover', (event) => this.describe(event.target));
    this.element = html(
      'div',
      { class: 'heatmap' },
      heading,
      hint,
      html('div', { class: 'heatmap-scroll' }, table),
    );
  }

  /**
   * @param maximum weight at the strong end of the ramp
   * @param selected row of the selected edge, −1 when it is in the other cell kind
   * @param title e.g. "Normal cell"
   */
  update(model: HeatmapModel, maximum: number, selected: number, title: string): void {
    setText(this.heading, title);
    const shape = `${model.operations.join(' ')}/${model.rows.length}/${model.inputs}/${hasShares(model)}`;
    this.model = model;
    if (shape !== this.shape) this.build(model);
    this.shape = shape;
    model.rows.forEach((row, index) => {
      const shown = this.rows[index]!;
      const isSelected = String(index === selected);
      setAttribute(shown.element, 'aria-selected', isSelected);
      setAttribute(shown.element, 'data-kept', row.kept ? '' : undefined);
      if (shown.share) this.paintShare(row, shown);
      row.weights.forEach((_, column) => this.paintCell(row, shown.cells[column]!, column, maximum));
    });
  }

  private paintCell(row: HeatmapRow, cell: GridCell, column: number, maximum: number): void {
    const text = formatWeight(row.weights[column]!);
    const chosen = row.chosen === column;
    const place = rampPlace(row.weights[column]!, maximum).toFixed(2);
    const shown = `${text} ${place} ${chosen} ${row.kept}`;
    if (cell.shown === shown) return;
    cell.shown = shown;
    setText(cell.element, text);
    cell.element.style.setProperty('--place', place);
    setAttribute(cell.element, 'data-chosen', chosen ? '' : undefined);
    const marks = `${chosen ? ', strongest' : ''}${chosen && row.kept ? ', kept in the cell' : ''}`;
    cell.element.setAttribute(
      'aria-label',
      `${edgeText(row.edge, this.inputs)}, ${this.looks[column]!.name}, ${text}${marks}`,
    );
  }

  private paintShare({ edge, share = 0 }: HeatmapRow, { label, share: cell }: GridRow): void {
    const text = formatWeight(share);
    if (cell!.textContent === text) return;
    setText(cell!, text);
    cell!.style.setProperty('--share', share.toFixed(2));
    cell!.setAttribute('aria-label', `${edgeText(edge, this.inputs)}, β ${text}`);
    label.setAttribute('aria-label', `${edgeText(edge, this.inputs)}, β ${text}`);
  }

  private get inputs(): number {
    return this.model?.inputs ?? 2;
  }

  private build(model: HeatmapModel): void {
    this.looks = model.operations.map(operationLook);
    const columns = this.looks.map((look) => {
      const title = look.description ? `${look.name}: ${look.description}` : look.name;
      const kernel = look.kernel ? html('span', { class: 'kernel' }, look.kernel) : undefined;
      return html(
        'th',
        { scope: 'col', role: 'columnheader', title, 'aria-label': look.name },
        look.word,
        kernel,
      );
    });
    const shares = hasShares(model);
    const shareTitle = 'Share of the edge among those that lead into its node: the softmax of β (PC-DARTS)';
    if (shares) {
      const attributes = { scope: 'col', role: 'columnheader', class: 'share-head', title: shareTitle };
      columns.push(html('th', attributes, 'β'));
    }
    this.head.replaceChildren(html('tr', { role: 'row' }, html('th', { scope: 'col' }, 'Edge'), ...columns));
    this.active = { row: 0, column: 0 };
    this.rows = model.rows.map(({ edge }, index) => {
      const cells = this.looks.map((): GridCell => {
        return { element: html('td', { role: 'gridcell', tabindex: -1 }), shown: '' };
      });
      const name = edgeText(edge, model.inputs);
      const label = html('th', { scope: 'row', role: 'rowheader', 'aria-label': name });
      label.append(html('span', { class: 'kept-mark' }), edgeLabel(edge, model.inputs));
      const share = shares ? html('td', { role: 'gridcell', class: 'share' }) : undefined;
      const startsNode = index > 0 && model.rows[index - 1]!.edge.node !== edge.node;
      const attributes = { role: 'row', class: startsNode ? 'node-start' : undefined };
      const row = html('tr', attributes, label, ...cells.map((cell) => cell.element), share);
      return { element: row, label, share, cells };
    });
    this.body.replaceChildren(...this.rows.map((row) => row.element));
    this.rows[0]?.cells[0]?.element.setAttribute('tabindex', '0');
  }

  private place(target: EventTarget | null): { row: number; column: number } | undefined {
    const cell = target instanceof Element ? target.closest('td, th') : null;
    const row = this.rows.findIndex(({ element }) => element === cell?.parentElement);
    if (row < 0) return undefined;
    return { row, column: this.rows[row]!.cells.findIndex(({ element }) => element === cell) };
  }

  private onClick(event: MouseEvent): void {
    const place = this.place(event.target);
    if (!place) return;
    if (place.column >= 0) this.activate(place.row, place.column);
    this.onSelect(place.row);
  }

  private onKey(event: KeyboardEvent): void {
    const { row, column } = this.active;
    const [lastRow, lastColumn] = [this.rows.length - 1, this.looks.length - 1];
    const whole = event.ctrlKey || event.metaKey;
    const moves: Record<string, [number, number]> = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      Home: [whole ? 0 : row, 0],
      End: [whole ? lastRow : row, lastColumn],
    };
    const move = moves[event.key];
    if (move) {
      this.activate(Math.min(lastRow, Math.max(0, move[0])), Math.min(lastColumn, Math.max(0, move[1])));
    } else if (event.key === 'Enter' || event.key === ' ') {
      this.onSelect(row);
    } else return;
    event.preventDefault();
  }

  private activate(row: number, column: number): void {
    this.rows[this.active.row]?.cells[this.active.column]?.element.setAttribute('tabindex', '-1');
    this.active = { row, column };
    const cell = this.rows[row]?.cells[column]?.element;
    cell?.setAttribute('tabindex', '0');
    cell?.focus();
  }

  /** Tooltips are written when the pointer comes, not with every value. */
  private describe(target: EventTarget | null): void {
    const place = this.place(target);
    const row = place && this.model?.rows[place.row];
    if (!row || place.column < 0) return;
    const weight = row.weights[place.column]!.toFixed(4);
    const title = `${this.looks[place.column]!.name} on ${edgeText(row.edge, this.inputs)}: ${weight}`;
    this.rows[place.row]!.cells[place.column]!.element.title = title;
  }
}

function hasShares({ rows }: HeatmapModel): boolean {
  return rows.some(({ share }) => share !== undefined);
}
