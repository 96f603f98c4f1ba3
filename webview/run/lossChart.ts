/** Loss over epochs: batches as thin lines, means of epochs as strong ones. Its choice of training is the accuracy's, too. */
import { createCheckbox, createChoice } from '../kit/controls';
import { formatLoss, formatTick } from '../kit/format';
import { LineChart, type Line } from '../kit/lineChart';
import { changes } from '../kit/memory';
import { chartPanel, formatEpoch, type Panel } from '../kit/panel';
import type { Part, PartContext } from '../kit/part';
import type { View } from '../kit/store';
import type { Theme } from '../kit/theme';
import { hasTrainings, shownTraining, waitingForStep, type ShownTraining } from './shownTraining';
import { batchLine, trainLine, validationLine } from './trainingLines';
import type { Training } from './trainingSeries';

const validationBatch: Line = {
  label: 'validation, batch',
  colour: 'orange',
  width: 1,
  opacity: 0.55,
  quiet: true,
};

export class LossChart implements Part {
  readonly shown = hasTrainings;
  private readonly panel: Panel;
  private readonly chart: LineChart;
  private readonly choice;
  private readonly logScale;
  private readonly changed = changes();

  constructor({ store, theme }: PartContext) {
    this.chart = new LineChart(
      {
        name: 'Loss',
        height: 145,
        formatValue: formatLoss,
        formatAxis: formatTick,
        formatPlace: formatEpoch,
      },
      theme,
    );
    this.choice = createChoice('Training that is shown', (training) => store.choose({ training }));
    this.logScale = createCheckbox('Log scale', (logScale) => store.choose({ logScale }));
    this.panel = chartPanel('Loss', this.chart, [this.choice.element, this.logScale.element]);
  }

  get element(): HTMLElement {
    return this.panel.element;
  }

  update(view: View): void {
    const found = shownTraining(view);
    const { logScale } = view.ui;
    if (!this.changed(found, logScale)) return;
    this.offer(found);
    this.logScale.set(logScale);
    const { training, series, waiting } = found;
    this.panel.setWaiting(waiting ? waitingForStep : undefined);
    if (!training || !series) return;
    const { epochs, batchLoss, batchValidationLoss, loss, validationLoss } = series;
    if (training.phase === 'search') {
      this.chart.setLines([batchLine, validationBatch, trainLine, validationLine], logScale);
      this.chart.update([epochs, batchLoss, batchValidationLoss, loss, validationLoss]);
    } else {
      this.chart.setLines([batchLine, trainLine], logScale);
      this.chart.update([epochs, batchLoss, loss]);
    }
  }

  repaint(theme: Theme): void {
    this.chart.repaint(theme);
  }

  private offer({ all, chosen, automatic }: ShownTraining): void {
    const options = offered(all, chosen).map(({ key, title }) => ({ value: key, label: title }));
    const auto = { value: 'auto', label: automatic ? `Auto: ${automatic.title}` : 'Auto' };
    this.choice.update([auto, ...options], chosen ? chosen.key : 'auto');
    this.choice.element.hidden = all.length < 2;
  }
}

/** Trials that can be chosen, the latest ones: a list of hundreds is of no use. */
const offeredTrials = 20;

function offered(all: readonly Training[], chosen: Training | undefined): readonly Training[] {
  const trials = all.filter(({ trial }) => trial !== undefined);
  const hidden = new Set(trials.slice(0, -offeredTrials).filter((training) => training !== chosen));
  return all.filter((training) => !hidden.has(training));
}
