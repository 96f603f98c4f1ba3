/** How many images of which class each split has, as a table with bars. */
import { lookedSplits, type DataSummary } from '../../src/protocol/dataProcess';
import { createLink } from '../kit/controls';
import { html } from '../kit/dom';
import { formatInteger } from '../kit/format';
import { createPanel } from '../kit/panel';
import { splitTitles } from './splits';

/** Rows that a page can show without standing still. */
const mostRows = 500;

/** @param onChoose a class, to see its pictures */
export function classBars({ classes, counts }: DataSummary, onChoose: (label: number) => void): HTMLElement {
  const totals = classes.map(({ train, validation, test }) => train + validation + test);
  const largest = Math.max(1, ...totals);
  const numbers = (row: Readonly<Record<(typeof lookedSplits)[number], number>>) =>
    lookedSplits.map((split) => html('td', { class: 'number' }, formatInteger(row[split])));
  const rows = classes.slice(0, mostRows).map((row, label) => {
    const link = createLink(row.name, () => onChoose(label));
    link.title = `Show the pictures of ${row.name}`;
    const bar = html('div', { class: 'bar', 'aria-hidden': 'true' });
    for (const split of lookedSplits) {
      const part = html('span', { class: `part ${split}` });
      part.style.setProperty('--share', String(row[split] / largest));
      bar.append(part);
    }
    return html(
      'tr',
      {},
      html('th', { scope: 'row' }, link),
      html('td', { class: 'bar-cell' }, bar),
      ...numbers(row),
      html('td', { class: 'number all' }, formatInteger(totals[label]!)),
    );
  });
  const sum = counts.train + counts.validation + counts.test;
  const table = html(
    'table',
    { class: 'class-bars' },
    html('caption', { class: 'visually-hidden' }, 'Images by class and split'),
    html(
      'thead',
      {},
      html(
        'tr',
        {},
        html('th', { scope: 'col' }, 'Class'),
        html('td', { class: 'bar-cell' }),
        ...lookedSplits.map((split) =>
          html(
            'th',
            { scope: 'col', class: 'number' },
            html('span', { class: `key ${split}`, 'aria-hidden': 'true' }),
            splitTitles[split],
          ),
        ),
        html('th', { scope: 'col', class: 'number all' }, 'All'),
      ),
    ),
    html('tbody', {}, ...rows),
    html(
      'tfoot',
      {},
      html(
        'tr',
        {},
        html('th', { scope: 'row' }, 'All'),
        html('td', { class: 'bar-cell' }),
        ...numbers(counts),
        html('td', { class: 'number all' }, formatInteger(sum)),
      ),
    ),
  );
  const scroll = html(
    'div',
    { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': 'Table of classes' },
    table,
  );
  const rest = classes.length - rows.length;
  const body = html(
    'div',
    {},
    scroll,
    rest > 0 ? html('p', { class: 'aside' }, `and ${formatInteger(rest)} more classes`) : undefined,
  );
  return createPanel('Classes', 'classes-panel', body).element;
}
