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

/** Where copies do harm, or would have, as sentences. */
function harm({ copies }: DataSummary): string[] {
  const are = (count: number, what: string): string[] =>
    count === 0 ? [] : [`${formatQuantity(count, 'image')} ${count === 1 ? 'is' : 'are'} ${what}.`];
  return [
    ...are(copies.leftOut, 'left out of training, since a copy tests or validates'),
    ...are(
      copies.testInOthers,
      'tested on though a copy trains or validates: scores come out too high (data.duplicates)',
    ),
    ...are(copies.validationInTrain, 'validated on though a copy trains'),
    ...are(copies.otherClass, 'in a group of copies of several classes: some labels are wrong'),
  ];
}

type Group = DataSummary['duplicates'][number];

/** The button that opens all files of a group side by side. */
function openGroup({ images }: Group, openAll: (files: string[]) => void): HTMLElement | undefined {
  const files = images.flatMap(({ file }) => (file === undefined ? [] : [file]));
  if (files.length < 2) return undefined;
  const chosen = files.slice(0, mostOpened);
  const words =
    files.length === 2 ? 'Open both' : files.length > mostOpened ? `Open ${mostOpened}` : 'Open all';
  const button = createLink(words, () => openAll(chosen));
  button.title = `${words} side by side: ${images.map(({ name }) => name).join(', ')}`;
  return button;
}

/** Editors side by side, at most. */
const mostOpened = 4;

export function duplicateList(
  summary: DataSummary,
  { open, openAll }: { readonly open: Open; readonly openAll: (files: string[]) => void },
): HTMLElement {
  const { copies, duplicates, duplicateGroups, classes } = summary;
  if (duplicateGroups === 0) {
    const none = html('p', { class: 'aside' }, 'No image is a copy of another, equal or nearly so.');
    return createPanel('Duplicates', 'duplicates-panel', none).element;
  }
  const sentences = harm(summary);
  const groups = duplicates.map((group) =>
    html(
      'li',
      {},
      ...group.images.map((each) =>
        html(
          'span',
          { class: 'member' },
          fileLink(each, open),
          html(
            'span',
            { class: 'aside' },
            `${classes[each.label]?.name ?? ''}, ${each.split === 'leftOut' ? 'left out' : splitTitles[each.split].toLowerCase()}`,
          ),
        ),
      ),
      html(
        'span',
        { class: 'member' },
        html('span', { class: 'aside' }, group.isEqual ? 'equal' : 'nearly equal'),
        openGroup(group, openAll),
      ),
    ),
  );
  const rest = duplicateGroups - duplicates.length;
  const near = copies.images - copies.equal;
  const counts = `${formatQuantity(copies.images, 'image')} in groups of copies: ${formatInteger(copies.equal)} equal to the byte, ${formatInteger(near)} nearly so.`;
  const body = html(
    'div',
    {},
    html(
      'p',
      { class: 'lead' },
      [
        counts,
        ...(sentences.length > 0 ? sentences : ['None of them is in two splits or two classes.']),
      ].join(' '),
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
