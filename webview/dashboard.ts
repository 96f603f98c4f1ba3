/** All parts of the dashboard in their places, and what each of them gets to see. */
import { AlphaPanel, type AlphaModels } from './alphaPanel';
import { CellGraph } from './cellGraph';
import { html, setHidden } from './dom';
import { createEmptyState } from './emptyState';
import { EntropyChart } from './entropyChart';
import { Header } from './header';
import { fits, heatmapModel } from './heatmapModel';
import type { Host } from './host';
import { NetworksTable } from './networksTable';
import { Notices } from './notices';
import { createPanel } from './panel';
import type { Store, View } from './store';
import type { Theme } from './theme';
import { TrainingCharts } from './trainingCharts';

export class Dashboard {
  readonly element: HTMLElement;
  private readonly header: Header;
  private readonly notices: Notices;
  private readonly alpha: AlphaPanel;
  private readonly cells = { normal: new CellGraph('normal'), reduction: new CellGraph('reduction') };
  private readonly cellPanel;
  private readonly training: TrainingCharts;
  private readonly entropy: EntropyChart;
  private readonly networks = new NetworksTable();
  private readonly empty: HTMLElement;
  private readonly content: HTMLElement;
  private point: View['run']['alphas'][number] | undefined;
  private models: AlphaModels | undefined;

  constructor(host: Host, store: Store, theme: Theme) {
    this.header = new Header(host);
    this.notices = new Notices(host, store);
    this.alpha = new AlphaPanel(store, theme);
    this.training = new TrainingCharts(store, theme);
    this.entropy = new EntropyChart(theme);
    this.empty = createEmptyState(host);
    const cells = html('div', { class: 'cells' }, this.cells.normal.element, this.cells.reduction.element);
    this.cellPanel = createPanel('Current cells', 'cells-panel', cells);
    this.cellPanel.heading.title = 'The cells that α stands for at this moment';
    const charts = [this.training.loss, this.training.accuracy, this.entropy.panel];
    const parts = html(
      'div',
      { class: 'parts' },
      this.alpha.panel.element,
      html('div', { class: 'charts' }, ...charts.map(({ element }) => element)),
      this.cellPanel.element,
      this.networks.panel.element,
    );
    this.content = html('div', { class: 'run' }, this.header.element, parts);
    this.element = html('div', { class: 'dashboard' }, this.notices.element, this.empty, this.content);
    this.repaint(theme);
  }

  update(view: View): void {
    const { run, telemetry } = view;
    const empty = run.status === 'empty' && !telemetry;
    setHidden(this.empty, !empty);
    setHidden(this.content, empty);
    this.notices.update(view);
    if (empty) return;
    this.placeNotices();
    this.header.update(view);
    this.updateModels(view);
    this.alpha.update(view, this.models);
    this.cellPanel.setWaiting(this.models ? undefined : 'Waiting for the first α.');
    if (this.models) {
      this.cells.normal.update(this.models.normal.cell);
      this.cells.reduction.update(this.models.reduction.cell);
    }
    this.training.update(view);
    this.entropy.update(view);
    this.networks.update(view);
  }

  /** Takes over the colours of a theme, where CSS does not do it. */
  repaint(theme: Theme): void {
    // Not on html or body: changes there are taken for changes of the theme.
    this.element.style.setProperty('--ramp-top', String(theme.rampTop));
    this.element.classList.toggle('calm', theme.reducedMotion);
    this.alpha.repaint(theme);
    this.training.repaint(theme);
    this.entropy.repaint(theme);
  }

  /** With a run they stand under its header, before it on top of the empty page. */
  private placeNotices(): void {
    const { element } = this.notices;
    if (element.previousElementSibling !== this.header.element) this.header.element.after(element);
  }

  private updateModels({ run }: View): void {
    const point = run.alphas.at(-1);
    if (point === this.point) return;
    this.point = point;
    const space = run.run?.space;
    const usable = space && point && fits(space, point.normal) && fits(space, point.reduction);
    this.models = usable
      ? { normal: heatmapModel(space, point.normal), reduction: heatmapModel(space, point.reduction) }
      : undefined;
  }
}
