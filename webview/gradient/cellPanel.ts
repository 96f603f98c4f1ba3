/** The cells of a gradient search: those that α stands for now, those of an earlier epoch, or what was found in the end. */
import { searchesByGradient } from '../../src/protocol/runState';
import { ArchitectureView } from '../architecture/architectureView';
import { allowedSkips } from './collapse';
import { CollapseChart } from './collapseChart';
import { createChoice, createLink } from '../kit/controls';
import { html, setHidden, setText } from '../kit/dom';
import type { DrawnCells } from '../../src/space/drawing';
import { cellsOf } from '../architecture/drawnCell';
import { alphaModels, type AlphaModels } from './heatmapModel';
import { changes } from '../kit/memory';
import { createPanel, type Panel } from '../kit/panel';
import type { Part, PartContext } from '../kit/part';
import type { View } from '../kit/store';
import type { Theme } from '../kit/theme';

/** Value of the choice that follows the run. */
const now = 'now';

export class CellPanel implements Part {
  readonly panel: Panel;
  private readonly architecture = new ArchitectureView();
  private readonly collapse: CollapseChart;
  private readonly choice;
  private readonly generate;
  private epoch: number | undefined;
  private readonly changed = changes();

  constructor({ host, store, theme }: PartContext) {
    this.collapse = new CollapseChart(theme);
    this.choice = createChoice('Epoch whose cells are shown', (value) =>
      store.choose({ epoch: value === now ? undefined : Number(value) }),
    );
    this.generate = createLink('Generate code of this epoch', () => {
      if (this.epoch !== undefined)
        host.post({ type: 'generateFrom', from: { kind: 'epoch', index: this.epoch } });
    });
    const body = html('div', {}, this.architecture.element, this.collapse.element);
    const controls = [this.generate, this.choice.element];
    this.panel = createPanel('Current cells', 'cells-panel', body, controls);
    this.panel.heading.title = 'The cells that α stands for';
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
    this.collapse.update(view);
    if (!this.changed(models, run.genotypes, run.finished, run.collapses, ui.epoch)) return;
    const past = run.genotypes.find(({ epoch }) => epoch === ui.epoch);
    this.epoch = past?.epoch;
    const found = run.finished !== undefined;
    // An epoch that the collapse guard returns to is named a second time.
    const epochs = [...new Set(run.genotypes.map(({ epoch }) => epoch))];
    const options = epochs.map((epoch) => ({ value: String(epoch), label: `Epoch ${epoch + 1}` }));
    this.choice.update(
      [{ value: now, label: found ? 'Found' : 'Now' }, ...options],
      String(past?.epoch ?? now),
    );
    this.choice.element.hidden = options.length === 0;
    setHidden(this.generate, !past);
    setText(
      this.panel.heading,
      past ? `Cells of epoch ${past.epoch + 1}` : found ? 'Found cells' : 'Current cells',
    );
    const genotype = past?.genotype ?? run.finished?.genotype;
    const cells = genotype ? cellsOf(genotype) : currentCells(models);
    this.panel.setWaiting(cells ? undefined : 'Waiting for the first α.');
    if (cells) this.architecture.showCells(cells, allowedSkips(run));
  }

  repaint(theme: Theme): void {
    this.collapse.repaint(theme);
  }
}

function currentCells(models: AlphaModels | undefined): DrawnCells | undefined {
  if (!models?.normal) return undefined;
  const { normal, reduction } = models;
  return reduction ? { normal: normal.cell, reduction: reduction.cell } : { only: normal.cell };
}
