/** The architecture of a run that searches for none. */
import { isTraining } from '../../src/protocol/runState';
import { changes } from '../kit/memory';
import { createPanel, type Panel } from '../kit/panel';
import type { Part } from '../kit/part';
import type { View } from '../kit/store';
import { ArchitectureView } from './architectureView';

export class GivenArchitecture implements Part {
  readonly panel: Panel;
  private readonly architecture = new ArchitectureView();
  private readonly changed = changes();

  constructor() {
    this.panel = createPanel('Architecture', 'given-panel', this.architecture.element);
    this.panel.heading.title = 'The architecture that is trained';
  }

  get element(): HTMLElement {
    return this.panel.element;
  }

  shown({ run }: View): boolean {
    return isTraining(run);
  }

  update({ run }: View): void {
    if (!this.changed(run.genotypes)) return;
    const given = run.genotypes.at(-1);
    this.panel.setWaiting(given ? undefined : 'It is shown as soon as the run has started.');
    if (given) this.architecture.update(given.genotype);
  }
}
