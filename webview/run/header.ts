/** The header: what runs, how far it is, and the buttons. State changes are announced to screen readers, steps are not. */
import { createButton, createLink } from '../kit/controls';
import { html, setAttribute, setText, uniqueId } from '../kit/dom';
import { headerModel, type Fact, type HeaderModel } from './headerModel';
import { icon, setIcon, type IconName } from '../kit/icons';
import type { Part, PartContext } from '../kit/part';
import { isEmpty, type View } from '../kit/store';
import { toneIcons } from './verdictStrip';

export class Header implements Part {
  readonly element: HTMLElement;
  private readonly glyph = icon('loading');
  private readonly name = html('h1');
  private readonly stateText = html('span', { class: 'state-text' });
  private readonly state = html('span', { class: 'state' }, this.glyph, this.stateText);
  private readonly position = html('span', { class: 'position', id: uniqueId('position') });
  private readonly timeLeft = html('span', { class: 'time-left' });
  private readonly bar = html('div', { class: 'bar' });
  private readonly track = html(
    'div',
    {
      class: 'track',
      role: 'progressbar',
      'aria-valuemin': 0,
      'aria-valuemax': 100,
      'aria-label': 'Progress of the run',
    },
    this.bar,
  );
  private readonly facts = html('dl', { class: 'facts' });
  private readonly live = html('div', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });
  private readonly folder;
  private readonly pause;
  private readonly stop;
  private readonly generate;
  private pauseAction: HeaderModel['pauseAction'] = 'pause';
  private announced = '';

  constructor({ host }: PartContext) {
    this.pause = createButton('Pause', 'pause', () => host.command(this.pauseAction));
    this.stop = createButton('Stop', 'stop', () => host.command('stop'));
    this.generate = createButton('Generate Code', 'code', () => host.command('generate'));
    const log = createButton('Show Log', 'log', () => host.command('showLog'));
    this.pause.element.classList.add('pause');
    const buttons = [this.pause, this.stop, this.generate, log].map(({ element }) => element);
    this.folder = createLink('Open run folder', () => host.command('openRunFolder'));
    const config = createLink('Open config', () => host.command('openConfig'));
    const links = html('span', { class: 'links' }, config, this.folder);
    this.element = html(
      'header',
      { class: 'run-header' },
      html(
        'div',
        { class: 'title-row' },
        html('div', { class: 'title' }, this.name, this.state),
        html('div', { class: 'buttons', role: 'group', 'aria-label': 'Run' }, ...buttons),
      ),
      html('div', { class: 'position-row' }, this.position, this.timeLeft),
      this.track,
      html('div', { class: 'facts-row' }, this.facts, links),
      this.live,
    );
  }

  shown(view: View): boolean {
    return !isEmpty(view);
  }

  update(view: View): void {
    const model = headerModel(view);
    setText(this.name, model.name);
    this.name.title = model.name;
    setText(this.stateText, model.stateText);
    setAttribute(this.state, 'data-state', model.state);
    setAttribute(this.state, 'data-tone', model.tone);
    setIcon(this.glyph, stateIcon(model));
    setText(this.position, model.position);
    setText(this.timeLeft, model.timeLeft);
    this.updateProgress(model);
    this.updateFacts(model.facts);
    setAttribute(this.folder, 'title', view.context?.runFolder);
    this.updateButtons(model);
    this.announce(model, view);
  }

  private updateProgress({ progress, state, tone, position, timeLeft }: HeaderModel): void {
    const percent = progress === undefined ? undefined : String(Math.round(progress * 100));
    this.bar.style.setProperty('--progress', progress === undefined ? '0' : progress.toFixed(4));
    setAttribute(this.track, 'aria-valuenow', percent);
    setAttribute(this.track, 'aria-valuetext', [position, timeLeft].filter(Boolean).join(', '));
    setAttribute(this.track, 'data-state', state);
    setAttribute(this.track, 'data-tone', tone);
  }

  private updateFacts(facts: readonly Fact[]): void {
    const known = [...this.facts.children];
    facts.forEach(({ label, value, tooltip }, index) => {
      let entry = known[index] as HTMLElement | undefined;
      if (!entry) {
        entry = html('div', { class: 'fact' }, html('dt'), html('dd'));
        this.facts.append(entry);
      }
      setText(entry.children[0]!, label);
      setText(entry.children[1]!, value);
      setAttribute(entry, 'title', tooltip);
    });
    known.slice(facts.length).forEach((entry) => entry.remove());
  }

  private updateButtons(model: HeaderModel): void {
    const { enabled } = model;
    this.pauseAction = model.pauseAction;
    const resumes = model.pauseAction === 'resume';
    this.pause.setLabel(resumes ? 'Resume' : 'Pause', resumes ? 'play' : 'pause');
    this.pause.setEnabled(enabled.pause);
    this.pause.setPrimary(resumes && enabled.pause);
    this.stop.setEnabled(enabled.stop);
    this.generate.setEnabled(enabled.generate);
    this.generate.setPrimary(model.generateNext);
  }

  private announce(model: HeaderModel, { run }: View): void {
    const phase = model.state === 'running' && run.phase ? `, ${model.position.split(' · ')[0]}` : '';
    const verdict = model.verdict === undefined ? '' : `, ${model.verdict}`;
    const text = `${model.name}: ${model.stateText}${phase}${verdict}`;
    if (text === this.announced) return;
    this.announced = text;
    setText(this.live, text);
  }
}

/** A run that came to its end has the sign of its verdict: an end alone is no success. */
function stateIcon({ state, tone }: HeaderModel): IconName {
  if (tone) return toneIcons[tone];
  return state === 'stopping' ? 'stopped' : state;
}
