/** The test pictures that the found network was most wrong about, drawn from their bytes, each with truth and prediction. */
import type { TestReport, WrongPicture } from '../../src/protocol/testReport';
import { createLink } from '../kit/controls';
import { html, setHidden, setText } from '../kit/dom';
import { formatInteger } from '../kit/format';
import { rgbaOf } from '../kit/picture';

/** So many at first. */
const shownFirst = 12;

function drawn(picture: WrongPicture, label: string): HTMLCanvasElement {
  const { height, width, pixels } = picture;
  const canvas = html('canvas', { height, width, role: 'img', 'aria-label': label });
  const bytes = Uint8Array.from(atob(pixels), (letter) => letter.charCodeAt(0));
  canvas.getContext('2d')!.putImageData(new ImageData(rgbaOf(picture, bytes), width, height), 0, 0);
  return canvas;
}

export class WorstPictures {
  readonly element: HTMLElement;
  private readonly list = html('ul', { class: 'worst-pictures' });
  private readonly more: HTMLElement;
  private report: TestReport | undefined;
  private all = false;

  constructor() {
    this.more = createLink('', () => {
      this.all = true;
      this.show();
      // The link is gone: the focus goes on where it has led.
      (this.list.children[shownFirst] as HTMLElement | undefined)?.focus();
    });
    this.element = html('div', {}, html('h3', {}, 'Pictures with the largest loss'), this.list, this.more);
  }

  update(report: TestReport): void {
    if (report === this.report) return;
    this.report = report;
    this.all = false;
    this.show();
  }

  private show(): void {
    const { worst } = this.report!;
    const shown = this.all ? worst : worst.slice(0, shownFirst);
    this.list.replaceChildren(...shown.map((picture) => this.item(picture)));
    setHidden(this.more, shown.length === worst.length);
    setText(this.more, `Show all ${formatInteger(worst.length)}`);
    setHidden(this.element, worst.length === 0);
  }

  private item(picture: WrongPicture): HTMLElement {
    const { classNames } = this.report!;
    const { image, truth, predicted, loss } = picture;
    const [is, taken] = [classNames[truth]!, classNames[predicted]!];
    const right = truth === predicted;
    const label = `Test image ${formatInteger(image + 1)}: ${is}, ${right ? 'recognized' : `taken for ${taken}`}`;
    const text = html(
      'div',
      { class: 'caption' },
      html('span', { class: 'truth', title: is }, is),
      html('span', { class: 'taken', title: taken }, right ? 'recognized' : `→ ${taken}`),
      html('span', { class: 'loss' }, `loss ${loss.toFixed(2)}`),
    );
    return html('li', { tabindex: -1 }, drawn(picture, label), text);
  }
}
