/** The pictures of a split and class, a page at a time, with augmented samples beside them. */
import {
  lookedSplits,
  picturesOfPage,
  type DataSummary,
  type LookedSplit,
  type PictureQuery,
  type Pictures,
} from '../../src/protocol/dataProcess';
import { createCheckbox, createChoice, createLink } from '../kit/controls';
import { html, setText } from '../kit/dom';
import { formatInteger } from '../kit/format';
import { createPanel } from '../kit/panel';
import { drawPicture } from '../kit/picture';
import type { DataChoice } from './dataHost';
import { splitTitles } from './splits';

/** Augmented samples beside each picture. */
const samples = 2;
/** Value of the choice that takes the pictures of all classes. */
const everyClass = 'all';

const queryKeys = [
  'split',
  'label',
  'from',
  'count',
  'augmented',
] as const satisfies readonly (keyof PictureQuery)[];

function isSame(one: PictureQuery, other: PictureQuery): boolean {
  return queryKeys.every((key) => one[key] === other[key]);
}

export interface GridActions {
  choose(change: Partial<DataChoice>): void;
  open(file: string): void;
}

export class PictureGrid {
  readonly element: HTMLElement;
  private readonly list = html('ul', { class: 'pictures', 'aria-label': 'Pictures' });
  private readonly place = html('p', { class: 'place', role: 'status' });
  private readonly note = html('p', { class: 'aside' });
  private readonly split = createChoice('Split', (value) =>
    this.actions.choose({ split: value as LookedSplit, from: 0 }),
  );
  private readonly label = createChoice('Class', (value) =>
    this.actions.choose({ label: value === everyClass ? undefined : Number(value), from: 0 }),
  );
  private readonly augmented = createCheckbox('Augmented beside', (augmented) =>
    this.actions.choose({ augmented }),
  );
  private readonly previous = createLink('Previous', () => this.turn(-1));
  private readonly next = createLink('Next', () => this.turn(1));
  private query: PictureQuery | undefined;
  private total = 0;

  constructor(
    private readonly summary: DataSummary,
    private readonly actions: GridActions,
  ) {
    const controls = [this.split.element, this.label.element];
    if (summary.augmentation !== undefined) controls.push(this.augmented.element);
    const pages = html('div', { class: 'pages' }, this.previous, this.place, this.next);
    const body = html('div', {}, this.note, this.list, pages);
    this.element = createPanel('Pictures', 'pictures-panel', body, controls).element;
    this.list.addEventListener('keydown', (event) => this.move(event));
  }

  /** Shows what was chosen in the controls. @returns which pictures are wanted for it */
  show(choice: DataChoice): PictureQuery {
    const { classes, counts, augmentation } = this.summary;
    const label = choice.label !== undefined && choice.label < classes.length ? choice.label : undefined;
    this.split.update(
      lookedSplits.map((value) => ({
        value,
        label: `${splitTitles[value]} (${formatInteger(counts[value])})`,
      })),
      choice.split,
    );
    this.label.update(
      [
        { value: everyClass, label: 'All classes' },
        ...classes.map(({ name }, index) => ({ value: String(index), label: name })),
      ],
      label === undefined ? everyClass : String(label),
    );
    this.augmented.set(choice.augmented);
    const shown = choice.augmented && augmentation !== undefined && choice.split !== 'test';
    const always =
      augmentation === undefined
        ? 'Training changes nothing at random: data.augmentation is off.'
        : undefined;
    const why = choice.split === 'test' && choice.augmented ? 'What tests is never augmented.' : undefined;
    const text = shown
      ? `Beside each picture, samples of what training makes of it: ${augmentation}.`
      : (why ?? always);
    setText(this.note, text ?? '');
    this.note.hidden = text === undefined;
    this.query = {
      ...{ split: choice.split, from: choice.from },
      ...(label !== undefined && { label }),
      count: picturesOfPage,
      augmented: shown ? samples : 0,
    };
    this.list.setAttribute('aria-busy', 'true');
    return this.query;
  }

  /** Draws pictures, unless others are wanted by now. */
  draw({ query, total, pictures }: Pictures): void {
    if (!this.query || !isSame(query, this.query)) return;
    this.total = total;
    // The choice may be one of another day, when there were more.
    if (pictures.length === 0 && query.from > 0) return this.actions.choose({ from: 0 });
    const hadFocus = this.list.contains(document.activeElement);
    const items = pictures.map((picture, position) => this.item(picture, query, query.from + position));
    this.list.replaceChildren(...items);
    this.list.removeAttribute('aria-busy');
    const [first] = this.stops();
    if (first) first.tabIndex = 0;
    if (hadFocus) first?.focus();
    const last = query.from + pictures.length;
    setText(
      this.place,
      total === 0
        ? 'No pictures of this class in this split'
        : `${formatInteger(query.from + 1)}–${formatInteger(last)} of ${formatInteger(total)}`,
    );
    this.previous.disabled = query.from === 0;
    this.next.disabled = last >= total;
  }

  private item(
    { label, file, pixels, augmented }: Pictures['pictures'][number],
    query: PictureQuery,
    position: number,
  ): HTMLElement {
    const name = this.summary.classes[label]?.name ?? '';
    const words = `${name}, picture ${position + 1}`;
    const canvases = [pixels, ...augmented].map((each) => drawPicture(this.summary, each));
    const caption = query.label === undefined ? [html('span', { class: 'caption' }, name)] : [];
    const content = [html('span', { class: 'canvases' }, ...canvases), ...caption];
    if (file === undefined) {
      return html(
        'li',
        {},
        html('span', { class: 'picture', role: 'img', 'aria-label': words, tabindex: -1 }, ...content),
      );
    }
    const shortened = file.split(/[\\/]/).slice(-2).join('/');
    const button = html(
      'button',
      {
        type: 'button',
        class: 'picture',
        title: `${shortened}: open`,
        'aria-label': `${words}: open ${shortened}`,
        tabindex: -1,
      },
      ...content,
    );
    button.addEventListener('click', () => this.actions.open(file));
    return html('li', {}, button);
  }

  private stops(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>('.picture')];
  }

  /** The grid is one tab stop; arrows lead from picture to picture and page keys to other pages. */
  private move(event: KeyboardEvent): void {
    if (event.key === 'PageDown' || event.key === 'PageUp') {
      event.preventDefault();
      return this.turn(event.key === 'PageDown' ? 1 : -1);
    }
    const stops = this.stops();
    const at = stops.indexOf(document.activeElement as HTMLElement);
    const top = stops[0]?.offsetTop;
    const columns = Math.max(1, stops.filter(({ offsetTop }) => offsetTop === top).length);
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -columns,
      ArrowDown: columns,
      Home: -at,
      End: stops.length - 1 - at,
    };
    const step = steps[event.key];
    const next = step === undefined || at < 0 ? undefined : stops[at + step];
    if (!next) return;
    event.preventDefault();
    stops[at]!.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  private turn(pages: number): void {
    const from = (this.query?.from ?? 0) + pages * picturesOfPage;
    if (from >= 0 && from < this.total) this.actions.choose({ from });
  }
}
