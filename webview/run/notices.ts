/** The strips under the header: a fault of the dashboard, the failure of the run, and notices, which can be closed. */
import { createIconButton, createLink } from '../kit/controls';
import { html } from '../kit/dom';
import type { Host } from '../kit/host';
import { icon, type IconName } from '../kit/icons';
import { changes } from '../kit/memory';
import type { Part, PartContext } from '../kit/part';
import { strips, type Strip } from './noticeList';
import type { Store, View } from '../kit/store';

const icons: Readonly<Record<Strip['level'], IconName>> = {
  error: 'failed',
  warning: 'warning',
  info: 'info',
};
const words: Readonly<Record<Strip['level'], string>> = { error: 'Error', warning: 'Warning', info: 'Note' };
/** So many notices stand open at once; the rest waits behind a link. */
const openNotices = 3;

export class Notices implements Part {
  readonly element = html('div', { class: 'notices' });
  private readonly changed = changes();
  private readonly host: Host;
  private readonly store: Store;
  private all = false;

  constructor({ host, store }: PartContext) {
    this.host = host;
    this.store = store;
  }

  update(view: View): void {
    const list = strips(view);
    if (!this.changed(JSON.stringify(list), this.all)) return;
    const fixed = list.filter((strip) => strip.seq === undefined);
    const notices = list.filter((strip) => strip.seq !== undefined);
    const visible = this.all ? notices : notices.slice(0, openNotices);
    const rest = notices.length - visible.length;
    this.element.replaceChildren(...[...fixed, ...visible].map((strip) => this.strip(strip)));
    if (rest > 0) {
      const more = createLink(`Show ${rest} more`, () => {
        this.all = true;
        this.update(this.store.view);
      });
      this.element.append(more);
    }
  }

  private strip({ level, message, hint, seq, showLog }: Strip): HTMLElement {
    const word = html('span', { class: 'visually-hidden' }, `${words[level]}: `);
    const text = html(
      'p',
      {},
      word,
      html('span', { class: 'strip-message' }, message),
      hint ? ` ${hint}` : undefined,
    );
    const strip = html(
      'div',
      { class: `strip ${level}`, role: level === 'error' ? 'alert' : 'note' },
      icon(icons[level]),
      text,
    );
    if (showLog) strip.append(createLink('Show log', () => this.host.command('showLog')));
    if (seq !== undefined) strip.append(createIconButton('Close notice', 'close', () => this.close(seq)));
    return strip;
  }

  private close(seq: number): void {
    this.store.choose({ dismissed: [...this.store.view.ui.dismissed, seq] });
  }
}
