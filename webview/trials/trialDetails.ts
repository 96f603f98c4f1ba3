/** One trial in full: the selected one, else the best. Its architecture, what it scored and costs, and what it came from. */
import { isSampling, trialScoreTitle } from '../../src/protocol/runState';
import { ArchitectureView } from '../architecture/architectureView';
import { createLink } from '../kit/controls';
import { costNames } from '../../src/protocol/events';
import { html, setHidden, setText } from '../kit/dom';
import { icon } from '../kit/icons';
import { changes } from '../kit/memory';
import { createPanel, type Panel } from '../kit/panel';
import type { Part, PartContext } from '../kit/part';
import type { Store, View } from '../kit/store';
import {
  capitalized,
  costLooks,
  formatMetric,
  formatScore,
  originText,
  plainName,
  trialName,
} from './trialText';
import { isScored, lineage, selectedTrial, type Trial } from './trials';

export class TrialDetails implements Part {
  readonly panel: Panel;
  private readonly architecture = new ArchitectureView();
  private readonly facts = html('dl', { class: 'facts' });
  private readonly reason = html('p', { class: 'reason', hidden: true });
  private readonly text = html('p', { class: 'trial-line' });
  private readonly line = html('details', {}, html('summary', {}, 'In one line'), this.text);
  private readonly lineageHead = html('h3', {}, 'Lineage');
  private readonly chain = html('ol', { class: 'lineage' });
  private readonly generate;
  private readonly showBest;
  private trial: Trial | undefined;
  private readonly changed = changes();
  private readonly store: Store;

  constructor({ host, store }: PartContext) {
    this.store = store;
    this.generate = createLink('Generate code of this trial', () => {
      if (this.trial) host.post({ type: 'generateFrom', from: { kind: 'trial', index: this.trial.index } });
    });
    this.showBest = createLink('Show the best', () => store.choose({ trial: undefined }));
    const body = html(
      'div',
      { class: 'trial-body' },
      this.facts,
      this.reason,
      this.architecture.element,
      this.line,
      this.lineageHead,
      this.chain,
    );
    this.panel = createPanel('Best trial', 'trial-panel', body, [this.showBest, this.generate]);
  }

  get element(): HTMLElement {
    return this.panel.element;
  }

  shown({ run }: View): boolean {
    return isSampling(run);
  }

  update(view: View): void {
    const { run } = view;
    const { selected, best } = selectedTrial(view);
    if (!this.changed(run.trials, selected, best)) return;
    const trial = run.trials.find(({ index }) => index === selected);
    this.panel.setWaiting(trial ? undefined : 'The best trial is shown here, or the one that you select.');
    setHidden(this.showBest, !trial || selected === best || best === undefined);
    setHidden(this.generate, !trial);
    this.trial = trial;
    if (trial) this.show(trial, run, selected === best);
  }

  private show(trial: Trial, run: View['run'], best: boolean): void {
    const { trials } = run;
    const name = trialName(trial.index);
    setText(this.panel.heading, best ? `Best: ${name.toLowerCase()}` : name);
    const facts: [string, string][] = [
      [capitalized(trialScoreTitle(run)), isScored(trial) ? formatScore(trial.score) : '–'],
    ];
    for (const cost of costNames) {
      const value = trial.costs[cost];
      if (value !== undefined) facts.push([costLooks[cost].title, costLooks[cost].format(value)]);
    }
    for (const [metric, value] of Object.entries(trial.metrics ?? {}))
      facts.push([plainName(metric), formatMetric(value)]);
    this.facts.replaceChildren(
      ...facts.map(([label, value]) =>
        html('div', { class: 'fact' }, html('dt', {}, label), html('dd', {}, value)),
      ),
    );
    setHidden(this.reason, trial.status === 'done');
    if (trial.status !== 'done') {
      const what = trial.status === 'failed' ? 'Failed' : 'Rejected before training';
      this.reason.dataset.status = trial.status;
      this.reason.replaceChildren(
        icon(trial.status === 'failed' ? 'failed' : 'rejected'),
        `${what}: ${trial.message ?? 'no reason was given'}`,
      );
    }
    this.architecture.update(trial.genotype);
    setText(this.text, trial.text);
    const family = lineage(trials, trial.index);
    this.chain.replaceChildren(...family.map((each) => this.ancestor(each, each === trial)));
  }

  private ancestor(trial: Trial, itself: boolean): HTMLElement {
    const name = trialName(trial.index);
    const link = itself
      ? html('span', { class: 'ancestor' }, name)
      : createLink(name, () => this.store.choose({ trial: trial.index }));
    const score = isScored(trial) ? formatScore(trial.score) : trial.status;
    return html('li', {}, link, html('span', { class: 'value' }, score), html('span', {}, originText(trial)));
  }
}
