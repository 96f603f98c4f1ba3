/** A genotype file: its architecture, the network around it, what that costs, and where it comes from. */
import type { GenotypePageCommand, GenotypePageMessage } from '../../src/protocol/genotypePage';
import { ArchitectureView } from '../architecture/architectureView';
import { createButton } from '../kit/controls';
import { html, setHidden, setText } from '../kit/dom';
import { formatCount, formatInteger } from '../kit/format';
import { icon } from '../kit/icons';
import { createPanel } from '../kit/panel';

type Ready = Extract<GenotypePageMessage, { kind: 'ready' }>;
type Fact = readonly [label: string, value: string, tooltip?: string];

export class GenotypeView {
  readonly element: HTMLElement;
  private readonly title = html('h1');
  private readonly facts = html('dl', { class: 'facts' });
  private readonly origin = html('dl', { class: 'facts' });
  private readonly architecture = new ArchitectureView();
  private readonly problem = html('p', { class: 'strip error', role: 'alert', hidden: true });
  private readonly whole: HTMLElement;
  private readonly exporting;

  constructor(command: (command: GenotypePageCommand) => void) {
    const button = (label: string, glyph: Parameters<typeof createButton>[1], name: GenotypePageCommand) =>
      createButton(label, glyph, () => command(name));
    const generate = button('Generate Code', 'code', 'generateCode');
    generate.setPrimary(true);
    this.exporting = button('Export…', 'export', 'exportNetwork');
    const actions = html(
      'div',
      { class: 'actions', role: 'group', 'aria-label': 'What can be done with it' },
      generate.element,
      button('Train…', 'play', 'trainArchitecture').element,
      this.exporting.element,
      button('Copy as Text', 'copy', 'copyText').element,
      button('Open the Text', 'log', 'openText').element,
    );
    this.whole = html(
      'div',
      { class: 'genotype-body' },
      createPanel('Network', 'network-panel', this.facts).element,
      createPanel('Architecture', 'architecture-panel', this.architecture.element).element,
      createPanel('Origin', 'origin-panel', this.origin).element,
    );
    const head = html('div', { class: 'data-head' }, this.title, actions);
    this.element = html('div', { class: 'data-page genotype-page' }, head, this.problem, this.whole);
  }

  /** A file that became unusable while it is edited keeps what was drawn last below the reason. */
  show(message: GenotypePageMessage): void {
    setHidden(this.problem, message.kind === 'ready');
    if (message.kind === 'failed') {
      this.problem.replaceChildren(icon('failed'), [message.message, message.hint].filter(Boolean).join(' '));
      return;
    }
    const { file, trained } = message;
    setText(this.title, file.origin.name || 'Architecture');
    this.exporting.setEnabled(trained);
    this.exporting.element.title = trained ? '' : 'Only the network of a finished run has weights to export.';
    fill(this.facts, networkFacts(message));
    fill(this.origin, originFacts(message));
    this.architecture.update(file.genotype);
  }
}

function fill(list: HTMLElement, facts: readonly Fact[]): void {
  list.replaceChildren(
    ...facts.map(([label, value, title]) =>
      html('div', { class: 'fact', title }, html('dt', {}, label), html('dd', {}, value)),
    ),
  );
}

function networkFacts({ file: { network }, costs }: Ready): Fact[] {
  const { height, width, channels } = network.input;
  const macs = `${formatInteger(costs.flops)} multiply–accumulates for one image`;
  const memory = 'Of a training step on one image: activations, weights with gradient and momentum';
  return [
    ['Parameters', formatInteger(costs.parameters)],
    ['MACs', formatCount(costs.flops), macs],
    ['Training memory', `${costs.memoryMiB.toPrecision(3)} MiB`, memory],
    ['Images', `${height} × ${width} × ${channels}`],
    ['Classes', formatInteger(network.classes)],
    ...('cells' in network
      ? ([
          ['Cells', String(network.cells)],
          ['Channels', String(network.channels), 'Of the first cells; doubled by each reduction'],
        ] as const)
      : []),
  ];
}

function originFacts({ file: { genotype, origin } }: Ready): Fact[] {
  const found = origin.runId === '' ? [] : [['Seed', String(origin.seed)] as const];
  const when = origin.unit === 'trial' ? 'Trial' : 'Epoch';
  return [
    ['Space', genotype.space],
    [origin.runId === '' ? 'Origin' : 'Found by', origin.strategy],
    ['Data', origin.data],
    ...found,
    ...(origin.runId === ''
      ? []
      : [[when, String(origin.epoch + 1)] as const, ['Run', origin.runId] as const]),
    ['Date', new Date(origin.createdAt).toLocaleString()],
    ['Written by', origin.tool],
  ];
}
