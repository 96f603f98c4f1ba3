/** One architecture of any space: cells as graphs, a chain as a row of layers, an MBConv network as a table of stages. */
import type { ChainGenotype } from '../../src/space/chain/genotype';
import type { MbconvGenotype } from '../../src/space/mbconv/genotype';
import type { Genotype } from '../../src/space/genotype';
import { chainItems, connectionTexts, stageColumns, stageRows } from './architecture';
import { CellGraph, type DrawnKind } from './cellGraph';
import { html, setHidden } from '../kit/dom';
import { formatQuantity } from '../kit/format';
import { cellsOf, type ShownCells } from './genotypeCells';
import { operationLook } from '../kit/naming';
import { cssColour } from '../kit/theme';

export class ArchitectureView {
  readonly element: HTMLElement;
  private readonly graphs: Readonly<Record<DrawnKind, CellGraph>> = {
    normal: new CellGraph('normal'),
    reduction: new CellGraph('reduction'),
    only: new CellGraph('only'),
  };
  private readonly cells;
  private readonly other = html('div', { class: 'layers' });
  private shown: Genotype | undefined;

  constructor() {
    this.cells = html('div', { class: 'cells' }, ...Object.values(this.graphs).map(({ element }) => element));
    this.element = html('div', { class: 'architecture' }, this.cells, this.other);
  }

  update(genotype: Genotype): void {
    if (genotype === this.shown) return;
    this.shown = genotype;
    const cells = cellsOf(genotype);
    if (cells) this.showCells(cells);
    setHidden(this.cells, !cells);
    setHidden(this.other, cells !== undefined);
    if (genotype.space === 'chain') this.other.replaceChildren(...chain(genotype));
    if (genotype.space === 'mbconv') this.other.replaceChildren(stages(genotype));
  }

  /** @param allowed skip connections of the normal cell, see `CellGraph.update` */
  showCells(cells: ShownCells, allowed?: number): void {
    this.shown = undefined;
    setHidden(this.cells, false);
    setHidden(this.other, true);
    for (const [kind, graph] of Object.entries(this.graphs) as [DrawnKind, CellGraph][]) {
      const cell = cells[kind];
      setHidden(graph.element, !cell);
      if (cell) graph.update(cell, kind === 'reduction' ? undefined : allowed);
    }
  }
}

function chain(genotype: ChainGenotype): HTMLElement[] {
  const items = chainItems(genotype);
  const list = items.map(({ operation, name, channels, stride }) => {
    const look = operationLook(name);
    const pill = html('span', { class: 'layer-operation' }, operation);
    pill.style.borderColor = cssColour(look.colour);
    const half = stride === 2 ? html('span', { class: 'layer-stride' }, '½ size') : undefined;
    const title = `${look.description || name}; ${formatQuantity(channels, 'channel')}${stride === 2 ? ', stride 2' : ''}`;
    return html('li', { title }, pill, html('span', {}, String(channels)), half);
  });
  const connections = `${formatQuantity(items.length, 'layer')}, ${connectionTexts[genotype.connections]}; numbers are channels.`;
  return [html('p', { class: 'layers-note' }, connections), html('ol', { class: 'chain' }, ...list)];
}

function stages(genotype: MbconvGenotype): HTMLElement {
  const head = stageColumns.map(({ title, hint }) => html('th', { scope: 'col', title: hint }, title));
  const rows = stageRows(genotype).map((row) =>
    html(
      'tr',
      {},
      html('th', { scope: 'row' }, row.name),
      ...stageColumns.slice(1).map(({ key }) => html('td', {}, row[key])),
    ),
  );
  const table = html(
    'table',
    { class: 'stages' },
    html('thead', {}, html('tr', {}, ...head)),
    html('tbody', {}, ...rows),
  );
  return html('div', { class: 'table-scroll', tabindex: 0, role: 'group', 'aria-label': 'Stages' }, table);
}
