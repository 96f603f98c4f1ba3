/**
 * Pictures of one's own on a finished run: chosen with a button or dropped, and what the found network takes each for,
 * the newest first.
 */
import type { PictureAnswer } from '../../src/protocol/classification';
import { createButton } from '../kit/controls';
import { html, setAttribute, setHidden, setText, uniqueId } from '../kit/dom';
import { formatInteger, formatPercent } from '../kit/format';
import type { Host } from '../kit/host';
import { icon } from '../kit/icons';
import { changes } from '../kit/memory';
import { createPanel, type Panel } from '../kit/panel';
import type { Part, PartContext } from '../kit/part';
import { drawPicture } from '../kit/picture';
import type { ClassificationView, View } from '../kit/store';
import { takeDropped } from './droppedPictures';

type Classified = Extract<PictureAnswer, { kind: 'classified' }>;

const invitation =
  'You can also drop pictures here: from outside of the editor, or from its explorer with Shift held down.';

export class PictureClassification implements Part {
  private readonly panel: Panel;
  private readonly host: Host;
  private readonly hint = html('p', { class: 'aside', id: uniqueId('pictures') }, invitation);
  private readonly choose = createButton('Classify a Picture…', 'picture', () =>
    this.host.post({ type: 'choosePictures' }),
  );
  private readonly cancel = createButton('Cancel', 'stop', () => {
    this.host.post({ type: 'cancelPictures' });
    // The button is about to be gone.
    this.choose.element.focus();
  });
  private readonly bar = html('progress', { 'aria-label': 'Classifying pictures' });
  private readonly count = html('span', { class: 'count' });
  private readonly underWay = html('div', { class: 'under-way' }, this.bar, this.count, this.cancel.element);
  /** Read out: the beginning and the end, not each picture between. */
  private readonly status = html('p', { class: 'visually-hidden', role: 'status' });
  private readonly failure = html('div');
  private readonly list = html('ul', { class: 'answers' });
  private readonly zone: HTMLElement;
  private readonly drawn = new WeakMap<PictureAnswer, HTMLElement>();
  private readonly changed = changes();
  private possible = true;

  constructor({ host }: PartContext) {
    this.host = host;
    this.choose.setPrimary(true);
    this.choose.element.setAttribute('aria-describedby', this.hint.id);
    this.zone = html(
      'div',
      { class: 'drop-zone' },
      html('div', { class: 'drop-row' }, this.choose.element, this.underWay),
      this.hint,
    );
    const body = html('div', {}, this.zone, this.status, this.failure, this.list);
    this.panel = createPanel('Your own pictures', 'pictures-panel', body);
    this.listen(this.panel.element);
  }

  get element(): HTMLElement {
    return this.panel.element;
  }

  shown({ run, context }: View): boolean {
    return run.status === 'finished' && context?.live === false;
  }

  update({ context, classification }: View): void {
    const lack = context?.weightsLack;
    this.possible = lack === undefined;
    this.choose.setEnabled(this.possible);
    setAttribute(this.zone, 'data-possible', String(this.possible));
    setText(this.hint, lack ? `${lack.message} ${lack.hint}` : invitation);
    if (!this.changed(classification)) return;
    const { answers = [], progress, failure } = classification ?? {};
    setHidden(this.underWay, !progress);
    setText(this.status, statusOf(classification));
    if (progress) {
      this.bar.max = progress.asked;
      // Until the first answer nothing is known: the network is loaded.
      if (progress.answered === 0) this.bar.removeAttribute('value');
      else this.bar.value = progress.answered;
      setText(this.count, `${formatInteger(progress.answered)} of ${formatInteger(progress.asked)}`);
    }
    this.failure.replaceChildren(...(failure ? [strip(failure.message, failure.hint, 'alert')] : []));
    this.list.replaceChildren(...answers.toReversed().map((answer) => this.item(answer)));
    setHidden(this.list, answers.length === 0);
  }

  private item(answer: PictureAnswer): HTMLElement {
    const known = this.drawn.get(answer);
    if (known) return known;
    const item = html(
      'li',
      { class: 'answer' },
      ...(answer.kind === 'classified' ? classifiedParts(answer) : [strip(answer.message, answer.hint)]),
    );
    this.drawn.set(answer, item);
    return item;
  }

  /** Takes what is dropped on the panel. */
  private listen(element: HTMLElement): void {
    const mark = (dragged: boolean): void => void this.zone.classList.toggle('dragged', dragged);
    element.addEventListener('dragover', (event) => {
      if (!this.possible || !event.dataTransfer) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      mark(true);
    });
    element.addEventListener('dragleave', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && element.contains(relatedTarget))) mark(false);
    });
    element.addEventListener('drop', (event) => {
      event.preventDefault();
      mark(false);
      if (!this.possible || !event.dataTransfer) return;
      void takeDropped(event.dataTransfer, (pictures) =>
        this.host.post({ type: 'classify', pictures: [...pictures] }),
      ).then((files) => {
        if (files === 0) setText(this.status, 'What was dropped is no file.');
      });
    });
  }
}

/** What a screen reader says of it. */
function statusOf(classification: ClassificationView | undefined): string {
  const last = classification?.answers.at(-1);
  if (classification?.progress) return 'Classifying pictures';
  if (last?.kind !== 'classified') return last ? last.message : '';
  const [likeliest] = last.likely;
  return `${last.name}: ${likeliest!.name}, ${formatPercent(likeliest!.probability)}`;
}

function classifiedParts({ name, picture, likely, note }: Classified): HTMLElement[] {
  const { height, width, pixels } = picture;
  const seen = `${name} as the network sees it, ${height} × ${width} pixels`;
  const rows = likely.map((each) => {
    const bar = html('div', { class: 'probability', 'aria-hidden': 'true' });
    bar.style.setProperty('--share', each.probability.toFixed(4));
    return html(
      'tr',
      {},
      html('th', { scope: 'row', title: each.name }, each.name),
      html('td', { class: 'bar-cell' }, bar),
      html('td', { class: 'number' }, formatPercent(each.probability)),
    );
  });
  const table = html(
    'table',
    { class: 'likely' },
    html('caption', { class: 'visually-hidden' }, `The likeliest classes of ${name}`),
    html('tbody', {}, ...rows),
  );
  const text = html(
    'div',
    { class: 'answer-text' },
    html('h3', { title: name }, name),
    table,
    note === undefined ? undefined : html('p', { class: 'aside' }, note),
  );
  const shown = drawPicture(picture, pixels, seen);
  shown.title = seen;
  return [html('div', { class: 'thumbnail' }, shown), text];
}

function strip(message: string, hint: string | undefined, role = 'note'): HTMLElement {
  return html(
    'div',
    { class: 'strip error', role },
    icon('failed'),
    html(
      'p',
      {},
      html('span', { class: 'visually-hidden' }, 'Error: '),
      html('span', { class: 'strip-message' }, message),
      hint === undefined ? undefined : ` ${hint}`,
    ),
  );
}
