/** The page Look at Data: what it shows while the data is loaded, when that failed, and then. */
import type { DataPageMessage, DataState } from '../../src/protocol/dataPage';
import type { DataSummary, Pictures } from '../../src/protocol/dataProcess';
import { createButton } from '../kit/controls';
import { html } from '../kit/dom';
import { formatInteger, formatQuantity } from '../kit/format';
import { icon } from '../kit/icons';
import { classBars } from './classBars';
import type { DataChoice, DataHost } from './dataHost';
import { brokenList, duplicateList } from './fileLists';
import { PictureGrid } from './pictureGrid';

/** Sizes of files that are named. */
const namedSizes = 3;

export class DataView {
  readonly element = html('div', { class: 'data-page' });
  private choice: DataChoice;
  private grid: PictureGrid | undefined;
  private progress: { step: HTMLElement; bar: HTMLProgressElement } | undefined;

  constructor(private readonly host: DataHost) {
    this.choice = host.restore();
  }

  show({ state, title, config }: Extract<DataPageMessage, { type: 'state' }>): void {
    if (this.choice.config !== config) {
      // Another set has other classes.
      const known = this.choice.config !== undefined;
      this.keep(known ? { config, label: undefined, from: 0 } : { config });
    }
    if (state.kind === 'loading' && this.progress) return this.advance(state);
    this.progress = undefined;
    this.grid = undefined;
    const heading = html('h1', {}, title);
    switch (state.kind) {
      case 'loading':
        return this.element.replaceChildren(heading, this.loading(state));
      case 'failed':
        return this.element.replaceChildren(heading, this.failed(state));
      case 'cancelled':
        return this.element.replaceChildren(heading, this.cancelled());
      case 'ready':
        return this.ready(heading, state.summary);
    }
  }

  draw(pictures: Pictures): void {
    this.grid?.draw(pictures);
  }

  private keep(change: Partial<DataChoice>): void {
    this.choice = { ...this.choice, ...change };
    this.host.save(this.choice);
  }

  private choose(change: Partial<DataChoice>): void {
    this.keep(change);
    if (this.grid) this.host.post({ type: 'pictures', query: this.grid.show(this.choice) });
  }

  private loading(state: Extract<DataState, { kind: 'loading' }>): HTMLElement {
    const step = html('p', { role: 'status' });
    const bar = html('progress', { max: 1, 'aria-label': 'Loading the data' });
    this.progress = { step, bar };
    this.advance(state);
    const cancel = createButton('Cancel', 'stop', () => this.host.command('cancel'));
    return html('section', { class: 'waiting-room' }, step, bar, cancel.element);
  }

  private advance({ step, fraction }: Extract<DataState, { kind: 'loading' }>): void {
    const { progress } = this;
    if (!progress) return;
    // Counts change many times a second, which nobody wants read out.
    const [words] = step.split(': ');
    if (progress.step.dataset.words !== words) progress.step.textContent = `${words!} …`;
    progress.step.dataset.words = words;
    if (fraction === undefined) progress.bar.removeAttribute('value');
    else progress.bar.value = fraction;
  }

  private failed({ message, hint }: Extract<DataState, { kind: 'failed' }>): HTMLElement {
    const again = createButton('Look Again', 'running', () => this.host.command('load'));
    const open = createButton('Open Config', 'code', () => this.host.command('openConfig'));
    const log = createButton('Show Log', 'log', () => this.host.command('showLog'));
    return html(
      'section',
      { class: 'strip error', role: 'alert' },
      icon('failed'),
      html(
        'div',
        {},
        html('p', { class: 'strip-message' }, message),
        hint === undefined ? undefined : html('p', {}, hint),
        html('div', { class: 'actions' }, open.element, again.element, log.element),
      ),
    );
  }

  private cancelled(): HTMLElement {
    const load = createButton('Load', 'play', () => this.host.command('load'));
    return html('section', { class: 'waiting-room' }, html('p', {}, 'The data is not loaded.'), load.element);
  }

  private ready(heading: HTMLElement, summary: DataSummary): void {
    const open = (file: string): void => this.host.post({ type: 'openFile', file });
    const openAll = (files: string[]): void => this.host.post({ type: 'openFiles', files });
    this.grid = new PictureGrid(summary, { open, choose: (change) => this.choose(change) });
    const { element } = this.grid;
    const showClass = (label: number): void => {
      this.choose({ label, from: 0 });
      element.scrollIntoView({ block: 'start' });
    };
    const config = createButton('Open Config', 'code', () => this.host.command('openConfig'));
    const again = createButton('Look Again', 'running', () => this.host.command('load'));
    const run = createButton('Run NAS', 'play', () => this.host.command('run'));
    run.setPrimary(true);
    const actions = html('div', { class: 'actions' }, run.element, config.element, again.element);
    const facts = html('dl', { class: 'facts' });
    for (const [name, value] of factsOf(summary))
      facts.append(html('div', {}, html('dt', {}, name), html('dd', {}, value)));
    const notices = summary.notices.map((notice) =>
      html('div', { class: 'strip info', role: 'note' }, icon('info'), html('p', {}, notice)),
    );
    this.element.replaceChildren(
      html('header', { class: 'data-head' }, heading, actions, facts),
      html('div', { class: 'notices' }, ...notices),
      html(
        'div',
        { class: 'data-parts' },
        classBars(summary, showClass),
        html(
          'div',
          { class: 'data-lists' },
          duplicateList(summary, { open, openAll }),
          brokenList(summary, open),
        ),
        element,
      ),
    );
    this.choose({});
  }
}

/** What is said of the set as a whole. */
function factsOf({ set, height, width, channels, classes, counts, files }: DataSummary): [string, string][] {
  const total = counts.train + counts.validation + counts.test;
  const kind = channels === 1 ? 'grey' : channels === 3 ? 'RGB' : `${channels} channels`;
  const facts: [string, string][] = [
    [
      'Images',
      `${formatInteger(total)} in ${formatQuantity(classes.length, 'class').replace(/classs$/, 'classes')}`,
    ],
    ['As networks see them', `${height} × ${width}, ${kind}`],
    ['Set', set],
  ];
  if (!files) return facts;
  const formats = files.formats.map(({ name, count }) => `${formatInteger(count)} ${name.toUpperCase()}`);
  const sizes = files.sizes
    .slice(0, namedSizes)
    .map((size) => `${size.height} × ${size.width} (${formatInteger(size.count)})`);
  const more = files.sizeCount - sizes.length;
  const of = files.looked < files.total ? ` of ${formatInteger(files.looked)} that were looked at` : '';
  facts.push(['Files', `${formats.join(', ')}${of}`]);
  facts.push(['Sizes', sizes.join(', ') + (more > 0 ? ` and ${formatInteger(more)} more` : '')]);
  return facts;
}
