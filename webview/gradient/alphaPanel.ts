/** α of both cell kinds as heat maps on one colour ramp, with the selected edge over time below them. */
import { searchesByGradient } from '../../src/protocol/runState';
import { cellKinds, type CellKind } from '../../src/space/frame';
import { AlphaHeatmap } from './alphaHeatmap';
import { cellTitles } from '../architecture/cellGraph';
import { html, setHidden, setText } from '../kit/dom';
import { EdgeStrip } from './edgeStrip';
import { formatWeight } from '../kit/format';
import { alphaModels, rampMaximum } from './heatmapModel';
import { changes } from '../kit/memory';
import { createPanel, type Panel } from '../kit/panel';
import type { Part, PartContext } from '../kit/part';
import type { View } from '../kit/store';
import type { Theme } from '../kit/theme';

export class AlphaPanel implements Part {
  readonly panel: Panel;
  private readonly heatmaps: Readonly<Record<CellKind, AlphaHeatmap>>;
  private readonly strip: EdgeStrip;
  private readonly rampTop = html('span', { class: 'ramp-value' });
  private readonly ramp = html(
    'div',
    { class: 'ramp', title: 'Softmax weight', hidden: true },
    html('span', {}, '0'),
    html('span', { class: 'ramp-bar' }),
    this.rampTop,
  );
  private readonly warmup = html('span', { class: 'warmup' });
  private readonly changed = changes();

  constructor({ store, theme }: PartContext) {
    const heatmap = (kind: CellKind): AlphaHeatmap =>
      new AlphaHeatmap(kind, (index) => store.choose({ edge: { kind, index } }));
    this.heatmaps = { normal: heatmap('normal'), reduction: heatmap('reduction') };
    this.strip = new EdgeStrip(theme);
    const key = html(
      'ul',
      { class: 'key', 'aria-label': 'Marks' },
      html('li', {}, html('span', { class: 'key-chosen' }), 'strongest operation of an edge'),
      html('li', {}, html('span', { class: 'key-kept' }), 'edge kept by discretization'),
    );
    const grids = html('div', { class: 'heatmaps' }, ...cellKinds.map((kind) => this.heatmaps[kind].element));
    const body = html('div', { class: 'alpha-body' }, grids, key, this.strip.element);
    this.panel = createPanel('Architecture weights', 'alpha-panel', body, [this.warmup, this.ramp]);
    this.panel.heading.title = 'Softmax of α on every edge of the supernet’s cells';
  }

  get element(): HTMLElement {
    return this.panel.element;
  }

  shown({ run }: View): boolean {
    return searchesByGradient(run);
  }

  update(view: View): void {
    const { run, ui } = view;
    const models = alphaModels(run);
    this.updateWarmup(view);
    if (!this.changed(models, run.alphas, ui.edge)) return;
    const broken = run.alphas.length > 0 && !models;
    const waiting = broken ? 'α of this run does not fit its search space.' : 'Waiting for the first α.';
    this.panel.setWaiting(models ? undefined : waiting);
    setHidden(this.ramp, !models);
    if (!models) return;
    const known = cellKinds.flatMap((kind) => models[kind] ?? []);
    const maximum = rampMaximum(known);
    setText(this.rampTop, formatWeight(maximum));
    // A kept choice may be of a kind that this space has not.
    const selected = models[ui.edge.kind] ? ui.edge : { kind: 'normal' as const, index: ui.edge.index };
    for (const kind of cellKinds) {
      const model = models[kind];
      setHidden(this.heatmaps[kind].element, !model);
      if (!model) continue;
      const title = cellTitles[known.length > 1 ? kind : 'only'];
      this.heatmaps[kind].update(model, maximum, selected.kind === kind ? selected.index : -1, title);
    }
    const model = models[selected.kind]!;
    const row = model.rows[selected.index] ?? model.rows[0];
    const place = known.length > 1 ? cellTitles[selected.kind].toLowerCase() : undefined;
    if (row) this.strip.update(run, { ...selected, row, model, place });
  }

  repaint(theme: Theme): void {
    this.strip.repaint(theme);
  }

  private updateWarmup({ run }: View): void {
    const warmup = run.run?.warmupEpochs ?? 0;
    const waiting =
      warmup > 0 && run.phase?.phase === 'search' && run.epochs.length < warmup && run.status === 'running';
    setText(this.warmup, waiting ? `Warming up: α is held until epoch ${warmup + 1}.` : '');
    setHidden(this.warmup, !waiting);
  }
}
