/** Entry of the page Look at Data: wires the messages of the host and the view together. */
import '../page/setup';
import './main.css';
import { dataPageMessageSchema } from '../../src/protocol/dataPage';
import { html } from '../kit/dom';
import { onFault } from '../kit/vsCode';
import { DataHost } from './dataHost';
import { DataView } from './dataView';

const host = new DataHost();
const view = new DataView(host);
const main = document.getElementById('data')!;

/** Shows a fault of the page and tells the host, whose log keeps it. */
function report(problem: string): void {
  host.post({ type: 'problem', message: problem });
  main.prepend(html('p', { class: 'strip error', role: 'alert' }, problem));
}

window.addEventListener('message', ({ data }) => {
  const parsed = dataPageMessageSchema.safeParse(data);
  if (!parsed.success) return report('The page got a message that it cannot read.');
  if (!view.element.isConnected) main.replaceChildren(view.element);
  if (parsed.data.type === 'state') view.show(parsed.data);
  else view.draw(parsed.data.pictures);
});
onFault('page', report);
host.post({ type: 'ready' });
