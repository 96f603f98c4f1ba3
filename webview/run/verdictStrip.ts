/**
 * The verdict on a finished run, at the top of the dashboard: what it came to, why, and what to do next, and what the check
 * of its generated code said. A check that failed stands above all else, as soon as it has. Colour and icon repeat what
 * the words say.
 */
import { describeProof, failedProofHint, proofHolds } from '../../src/protocol/proof';
import { verdictOf, verdictTones, type VerdictTone } from '../../src/protocol/verdict';
import { html, setAttribute, setHidden, setText, uniqueId } from '../kit/dom';
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
  private readonly proof = html('p', { class: 'verdict-proof' });

  constructor() {
    const text = html('div', { class: 'verdict-text' }, this.title, this.why, this.next, this.proof);
    this.element = html(
      'section',
      { class: 'strip verdict', 'aria-labelledby': this.title.id },
      this.glyph,
      text,
    );
  }

  shown({ run }: View): boolean {
    return verdictOf(run) !== undefined || (run.proof !== undefined && proofHolds(run.proof) === false);
  }

  update({ run }: View): void {
    const verdict = verdictOf(run);
    const { proof } = run;
    const disproved = proof !== undefined && proofHolds(proof) === false;
    setHidden(this.proof, disproved ? !verdict : !proof);
    if (disproved) {
      setAttribute(this.element, 'data-tone', 'bad');
      setIcon(this.glyph, toneIcons.bad);
      setText(this.title, 'The generated code failed its check');
      setText(this.why, `${describeProof(proof)}.`);
      setText(this.next, failedProofHint);
      setText(this.proof, verdict ? `Apart from that: ${verdict.title}. ${verdict.why}` : '');
      return;
    }
    if (!verdict) return;
    if (proof) setText(this.proof, `${describeProof(proof)}.`);
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
