/** All parts of the dashboard in their places, and what each of them gets to see. */
import { spaceNamed } from '../../src/space/registry';
import type { AlphaPoint } from '../../src/protocol/runState';
import { AlphaPanel, type AlphaModels } from '../gradient/alphaPanel';
import { CellPanel } from '../gradient/cellPanel';
import { html, setAttribute, setHidden } from '../kit/dom';
import { createEmptyState } from './emptyState';
import { EntropyChart } from '../gradient/entropyChart';
import { Header } from '../run/header';
import { isSampling } from '../run/headerModel';
import { fits, heatmapModel } from '../gradient/heatmapModel';
import type { Host } from '../kit/host';
import { NetworksTable } from '../run/networksTable';
import { Notices } from '../run/notices';
import type { Store, View } from '../kit/store';
import type { Theme } from '../kit/theme';
import { TrainingCharts } from '../run/trainingCharts';
import { VerdictStrip } from '../run/verdictStrip';
import { TrialsView } from '../trials/trialsView';

export class Dashboard {
  readonly element: HTMLElement;
  private readonly header: Header;
  private readonly verdict = new VerdictStrip();
  private readonly notices: Notices;
  private readonly alpha: AlphaPanel;
  private readonly cells: CellPanel;
  private readonly trials: TrialsView;
  private readonly training: TrainingCharts;
  private readonly entropy: EntropyChart;
  private readonly networks = new NetworksTable();
  private readonly empty: HTMLElement;
  private readonly charts: HTMLElement;
  private readonly parts: HTMLElement;
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
    this.cells = new CellPanel(host, store, theme);
    this.trials = new TrialsView(host, store, theme);
    const charts = [this.training.loss, this.training.accuracy, this.entropy.panel];
    this.charts = html('div', { class: 'charts' }, ...charts.map(({ element }) => element));
    this.parts = html(
      'div',
      { class: 'parts' },
      this.trials.element,
      this.alpha.panel.element,
      this.charts,
      this.cells.panel.element,
      this.trials.reports.panel.element,
      this.networks.panel.element,
    );
    this.content = html('div', { class: 'run' }, this.header.element, this.verdict.element, this.parts);
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
    this.verdict.update(view);
    this.training.update(view);
    this.networks.update(view);
    const sampling = isSampling(run);
    this.parts.dataset.kind = sampling ? 'sampling' : 'gradient';
    setAttribute(
      this.parts,
      'data-cells',
      spaceNamed(run.run?.space.type ?? '')?.cells?.kinds.length === 1 ? 'one' : undefined,
    );
    setHidden(this.trials.element, !sampling);
    for (const { element } of [this.alpha.panel, this.cells.panel, this.entropy.panel])
      setHidden(element, sampling);
    // Tables and zero-cost scores train nothing.
    setHidden(this.charts, sampling && run.steps.length === 0);
    if (sampling) this.trials.update(view);
    else this.updateGradient(view);
  }

  private updateGradient(view: View): void {
    setHidden(this.trials.reports.panel.element, true);
    this.updateModels(view);
    this.alpha.update(view, this.models);
    this.cells.update(view, this.models);
    this.entropy.update(view);
  }

  /** Takes over the colours of a theme, where CSS does not do it. */
  repaint(theme: Theme): void {
    // Not on html or body: changes there are taken for changes of the theme.
    this.element.style.setProperty('--ramp-top', String(theme.rampTop));
    this.element.classList.toggle('calm', theme.reducedMotion);
    this.alpha.repaint(theme);
    this.training.repaint(theme);
    this.entropy.repaint(theme);
    this.cells.repaint(theme);
    this.trials.repaint(theme);
  }

  /** With a run they stand under its header, before it on top of the empty page. */
  private placeNotices(): void {
    const { element } = this.notices;
    if (element.previousElementSibling !== this.verdict.element) this.verdict.element.after(element);
  }

  private updateModels({ run }: View): void {
    const point = run.alphas.at(-1);
    if (point === this.point) return;
    this.point = point;
    const space = run.run?.space;
    this.models = space && point && modelsOf(space, point);
  }
}

/** The heat maps of the cell kinds that a space has; undefined when α does not fit it. */
function modelsOf(
  space: NonNullable<View['run']['run']>['space'],
  { normal, reduction, betas }: AlphaPoint,
): AlphaModels | undefined {
  // NAS-Bench-201 has one kind of cell.
  const single = reduction.length === 0;
  if (!fits(space, normal) || !(single || fits(space, reduction))) return undefined;
  return {
    normal: heatmapModel(space, normal, betas?.normal),
    reduction: single ? undefined : heatmapModel(space, reduction, betas?.reduction),
  };
}
