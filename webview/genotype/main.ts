/** Entry of the page of a genotype file: wires the messages of the host and the view together. */
import '../page/setup';
import './main.css';
import { genotypePageMessageSchema } from '../../src/protocol/genotypePage';
import { html } from '../kit/dom';
import { onFault } from '../kit/vsCode';
import { GenotypeHost } from './genotypeHost';
import { GenotypeView } from './genotypeView';

const host = new GenotypeHost();
const view = new GenotypeView((command) => host.command(command));
const main = document.getElementById('genotype')!;

/** Shows a fault of the page and tells the host, whose log keeps it. */
function report(problem: string): void {
  host.post({ type: 'problem', message: problem });
  main.prepend(html('p', { class: 'strip error', role: 'alert' }, problem));
}

window.addEventListener('message', ({ data }) => {
  const parsed = genotypePageMessageSchema.safeParse(data);
  if (!parsed.success) return report('The page got a message that it cannot read.');
  if (!view.element.isConnected) main.replaceChildren(view.element);
  view.show(parsed.data);
});
onFault('page', report);
host.post({ type: 'ready' });
