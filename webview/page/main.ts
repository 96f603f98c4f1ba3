/** Entry of the dashboard: wires the messages of the host, the theme and the parts of the page together. */
import './setup';
import './main.css';
import { Dashboard } from './dashboard';
import { Host } from '../kit/host';
import { Store } from '../kit/store';
import { observeTheme, readTheme } from '../kit/theme';
import { onFault } from '../kit/vsCode';

/** Without an answer for so long the person is told, instead of waiting before an endless "Loading". */
const patience = 8000;

const host = new Host();
const store = new Store(host);
const dashboard = new Dashboard({ host, store, theme: readTheme() });

store.onPaint((view) => {
  if (!store.hydrated && view.problem === undefined) return;
  if (!dashboard.element.isConnected)
    document.getElementById('dashboard')!.replaceChildren(dashboard.element);
  dashboard.update(view);
});

let repaint = 0;
observeTheme(() => {
  // VS Code changes class and style one after the other: both belong to one repaint.
  cancelAnimationFrame(repaint);
  repaint = requestAnimationFrame(() => dashboard.repaint(readTheme()));
});

window.addEventListener('message', (event) => store.receive(event.data));
onFault('dashboard', (problem) => store.report(problem));
setTimeout(() => {
  if (!store.hydrated) store.report('The extension has not answered yet.');
}, patience);
host.post({ type: 'ready' });
