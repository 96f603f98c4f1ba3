/** One architecture of any space, drawn as its entry says: cells as graphs, layers as a row, or a table. */
import type { DrawnCells, DrawnKind, Drawing } from '../../src/space/drawing';
import type { Genotype } from '../../src/space/genotype';
import { entryOf } from '../../src/space/registry';
import { CellGraph } from './cellGraph';
import { html, setHidden } from '../kit/dom';
import { formatQuantity } from '../kit/format';
import { operationLook } from '../kit/naming';
import { cssColour } from '../kit/theme';

type DrawingOf<K extends Drawing['kind']> = Extract<Drawing, { kind: K }>;

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
    const drawing = entryOf(genotype).drawing(genotype);
    setHidden(this.cells, drawing.kind !== 'cells');
    setHidden(this.other, drawing.kind === 'cells');
    if (drawing.kind === 'cells') this.showCells(drawing.cells);
    else if (drawing.kind === 'layers') this.other.replaceChildren(...layerRow(drawing));
    else this.other.replaceChildren(table(drawing));
  }

  /** @param allowed skip connections of the normal cell, see `CellGraph.update` */
  showCells(cells: DrawnCells, allowed?: number): void {
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

function layerRow({ layers, note }: DrawingOf<'layers'>): HTMLElement[] {
  const list = layers.map(({ operation, channels, stride }) => {
    const look = operationLook(operation);
    const pill = html('span', { class: 'layer-operation' }, look.short);
    pill.style.borderColor = cssColour(look.colour);
    const half = stride === 2 ? html('span', { class: 'layer-stride' }, '½ size') : undefined;
    const title = `${look.description || operation}; ${formatQuantity(channels, 'channel')}${stride === 2 ? ', stride 2' : ''}`;
    return html('li', { title }, pill, html('span', {}, String(channels)), half);
  });
  const text = `${formatQuantity(layers.length, 'layer')}, ${note}; numbers are channels.`;
  return [html('p', { class: 'layers-note' }, text), html('ol', { class: 'chain' }, ...list)];
}

function table({ title: label, columns, rows }: DrawingOf<'table'>): HTMLElement {
  const head = columns.map(({ title, hint }) => html('th', { scope: 'col', title: hint }, title));
  const body = rows.map(([name = '', ...rest]) =>
    html('tr', {}, html('th', { scope: 'row' }, name), ...rest.map((text) => html('td', {}, text))),
  );
  const whole = html(
    'table',
    { class: 'stages' },
    html('thead', {}, html('tr', {}, ...head)),
    html('tbody', {}, ...body),
  );
  return html('div', { class: 'table-scroll', tabindex: 0, role: 'group', 'aria-label': label }, whole);
}
