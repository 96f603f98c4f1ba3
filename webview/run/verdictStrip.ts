/**
 * The verdict on a finished run, at the top of the dashboard: what it came to, why, and what to do next. Colour and icon
 * repeat what the words say.
 */
import { verdictOf, verdictTones, type VerdictTone } from '../../src/protocol/verdict';
import { html, setAttribute, setText, uniqueId } from '../kit/dom';
import { icon, setIcon, type IconName } from '../kit/icons';
import type { Part } from '../kit/part';
import type { View } from '../kit/store';

export const toneIcons: Readonly<Record<VerdictTone, IconName>> = {
  good: 'finished',
  bad: 'failed',
  doubtful: 'warning',
  neutral: 'info',
};

export class VerdictStrip implements Part {
  readonly element: HTMLElement;
  private readonly glyph = icon('info');
  private readonly title = html('h2', { id: uniqueId('verdict') });
  private readonly why = html('p', { class: 'verdict-why' });
  private readonly next = html('p', { class: 'verdict-next' });

  constructor() {
    const text = html('div', { class: 'verdict-text' }, this.title, this.why, this.next);
    this.element = html(
      'section',
      { class: 'strip verdict', 'aria-labelledby': this.title.id },
      this.glyph,
      text,
    );
  }

  shown({ run }: View): boolean {
    return verdictOf(run) !== undefined;
  }

  update({ run }: View): void {
    const verdict = verdictOf(run)!;
    const tone = verdictTones[verdict.kind];
    setAttribute(this.element, 'data-tone', tone);
    setIcon(this.glyph, toneIcons[tone]);
    setText(this.title, capitalized(verdict.title));
    setText(this.why, verdict.why);
    setText(this.next, verdict.next);
  }
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
