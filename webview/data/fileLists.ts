/** Duplicates and broken files, each to be opened in the editor. */
import type { DataSummary } from '../../src/protocol/dataProcess';
import { createLink } from '../kit/controls';
import { html } from '../kit/dom';
import { formatInteger, formatQuantity } from '../kit/format';
import { createPanel } from '../kit/panel';
import { splitTitles } from './splits';

type Open = (file: string) => void;

function fileLink({ name, file }: { name: string; file?: string }, open: Open): HTMLElement {
  if (file === undefined) return html('span', { class: 'file' }, name);
  const link = createLink(name, () => open(file));
  link.title = `Open ${name}`;
  return link;
}

/** Where equal images do harm, as sentences. */
function harm({ equal }: DataSummary): string[] {
  const are = (count: number, what: string): string[] =>
    count === 0 ? [] : [`${formatQuantity(count, 'image')} ${count === 1 ? 'is' : 'are'} ${what}.`];
  return [
    ...are(
      equal.testInOthers,
      'tested on though equal to one that trains or validates: scores come out too high',
    ),
    ...are(equal.validationInTrain, 'validated on though equal to one that trains'),
    ...are(equal.otherClass, 'equal to one of another class: one of the labels is wrong'),
  ];
}

export function duplicateList(summary: DataSummary, open: Open): HTMLElement {
  const { duplicates, duplicateGroups, classes } = summary;
  if (duplicateGroups === 0) {
    const none = html('p', { class: 'aside' }, 'No two images are equal to the byte.');
    return createPanel('Duplicates', 'duplicates-panel', none).element;
  }
  const sentences = harm(summary);
  const groups = duplicates.map((group) =>
    html(
      'li',
      {},
      ...group.map((each) =>
        html(
          'span',
          { class: 'member' },
          fileLink(each, open),
          html(
            'span',
            { class: 'aside' },
            `${classes[each.label]?.name ?? ''}, ${splitTitles[each.split].toLowerCase()}`,
          ),
        ),
      ),
    ),
  );
  const rest = duplicateGroups - duplicates.length;
  const body = html(
    'div',
    {},
    html(
      'p',
      { class: 'lead' },
      sentences.length > 0 ? sentences.join(' ') : 'None of them stands in two splits or two classes.',
    ),
    html('ul', { class: 'file-list groups' }, ...groups),
    rest > 0 ? html('p', { class: 'aside' }, `and ${formatInteger(rest)} more groups`) : undefined,
  );
  const title = `Duplicates (${formatQuantity(duplicateGroups, 'group')})`;
  return createPanel(title, 'duplicates-panel', body).element;
}

export function brokenList({ broken }: DataSummary, open: Open): HTMLElement {
  if (broken.length === 0) {
    const none = html('p', { class: 'aside' }, 'All files could be read.');
    return createPanel('Broken files', 'broken-panel', none).element;
  }
  const items = broken.map((each) =>
    html('li', {}, fileLink(each, open), html('span', { class: 'aside' }, each.reason)),
  );
  const body = html(
    'div',
    {},
    html('p', { class: 'lead' }, 'They are left out. Mend or remove them, then look again.'),
    html('ul', { class: 'file-list' }, ...items),
  );
  return createPanel(`Broken files (${formatInteger(broken.length)})`, 'broken-panel', body).element;
}
