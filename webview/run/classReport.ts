/** What the found network takes the test images for: a confusion matrix, precision and recall by class, and the worst pictures. */
import type { TestReport } from '../../src/protocol/testReport';
import { html, setHidden, setText, uniqueId } from '../kit/dom';
import { formatInteger, formatPercent } from '../kit/format';
import { changes } from '../kit/memory';
import { createPanel, type Panel } from '../kit/panel';
import type { Part } from '../kit/part';
import type { View } from '../kit/store';
import { classRows, confusionModel, shareOf, type ConfusionModel } from './classModel';
import { WorstPictures } from './worstPictures';

/** Of the found network, once it is judged. */
function reportOf({ run }: View): TestReport | undefined {
  return run.networks.findLast(({ phase }) => phase === 'final')?.report;
}

export class ClassReport implements Part {
  private readonly panel: Panel;
  private readonly note = html('p', { class: 'class-note' });
  private readonly matrix = html('table', { class: 'confusion' });
  private readonly classes = html('tbody');
  private readonly worst = new WorstPictures();
  private readonly changed = changes();

  constructor() {
    const title = html('h3', { id: uniqueId('confusion') }, 'Confusion matrix');
    this.matrix.setAttribute('aria-labelledby', title.id);
    const column = (text: string, about?: string): HTMLElement =>
      html('th', { scope: 'col', title: about }, text);
    const head = html(
      'tr',
      {},
      column('Class'),
      column('Test images'),
      column('Precision', 'Of the images taken for the class, the share that is of it'),
      column('Recall', 'Of the images of the class, the share taken for it'),
      column('F1', 'Harmonic mean of precision and recall'),
    );
    const table = html('table', { class: 'networks' }, html('thead', {}, head), this.classes);
    const scrolling = (label: string, content: HTMLElement): HTMLElement =>
      // In the tab order, so that arrow keys scroll it.
      html('div', { class: 'class-scroll', tabindex: 0, role: 'group', 'aria-label': label }, content);
    const body = html(
      'div',
      { class: 'class-report' },
      html('div', { class: 'class-matrix' }, title, this.note, scrolling('Confusion matrix', this.matrix)),
      html(
        'div',
        { class: 'class-table' },
        html('h3', {}, 'By class'),
        scrolling('Precision and recall by class', table),
      ),
      this.worst.element,
    );
    this.panel = createPanel('Test images by class', 'class-panel', body);
  }

  get element(): HTMLElement {
    return this.panel.element;
  }

  shown(view: View): boolean {
    return reportOf(view) !== undefined;
  }

  update(view: View): void {
    const report = reportOf(view);
    if (!report || !this.changed(report)) return;
    const model = confusionModel(report);
    const all = report.classNames.length;
    const part = `The ${formatInteger(model.drawn)} of ${formatInteger(all)} classes with the most mistakes. `;
    setText(
      this.note,
      `${model.drawn < all ? part : ''}Rows: what the images are. Columns: what they were taken for.`,
    );
    this.drawMatrix(model);
    this.classes.replaceChildren(
      ...classRows(report).map(({ name, images, precision, recall, f1 }) =>
        html(
          'tr',
          {},
          html('th', { scope: 'row', title: name }, name),
          html('td', {}, formatInteger(images)),
          ...[precision, recall, f1].map((share) => html('td', {}, formatPercent(share))),
        ),
      ),
    );
    this.worst.update(report);
  }

  private drawMatrix(model: ConfusionModel): void {
    const heads = model.columns.map((name) =>
      html('th', { scope: 'col', title: `taken for ${name}` }, html('span', {}, name)),
    );
    const rows = model.rows.map((row) => {
      const cells = row.counts.map((count, column) => {
        const own = column === row.own;
        const title = `${row.name} ${own ? 'recognized' : `taken for ${model.columns[column]!}`}: ${formatInteger(count)}`;
        const cell = html('td', { title, 'data-own': own }, count === 0 ? '·' : formatInteger(count));
        // By the root, so that a few mistakes show.
        cell.style.setProperty('--place', Math.sqrt(shareOf(row, column)).toFixed(3));
        return cell;
      });
      return html('tr', {}, html('th', { scope: 'row', title: row.name }, row.name), ...cells);
    });
    this.matrix.replaceChildren(
      html('thead', {}, html('tr', {}, html('td'), ...heads)),
      html('tbody', {}, ...rows),
    );
    setHidden(this.matrix, model.rows.length === 0);
  }
}
