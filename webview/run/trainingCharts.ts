/** Loss and accuracy over epochs: batches as thin lines, means of epochs as strong ones. Follows the run, or one choice. */
import { createCheckbox, createChoice } from '../kit/controls';
import { formatLoss, formatPercent, formatTick } from '../kit/format';
import { LineChart, type Line } from '../kit/lineChart';
import { chartPanel, formatEpoch, type Panel } from '../kit/panel';
import type { Store, View } from '../kit/store';
import type { Theme } from '../kit/theme';
import { automaticTraining, trainings, trainingSeries, type Training } from './trainingSeries';

/** Limits around the data, within 0 … 1, and never so narrow that noise looks like a fall. */
function accuracyRange(min: number, max: number): [number, number] {
  const pad = Math.max(0.02, (max - min) * 0.08);
  return [Math.max(0, min - pad), Math.min(1.005, max + pad)];
}

const batch: Line = { label: 'train, batch', colour: 'blue', width: 1, opacity: 0.55, quiet: true };
const alphaBatch: Line = {
  label: 'validation, batch',
  colour: 'orange',
  width: 1,
  opacity: 0.55,
  quiet: true,
};
const train: Line = { label: 'train', colour: 'blue', width: 2, points: true };
const validation: Line = { label: 'validation', colour: 'orange', width: 2, dash: [6, 3], points: true };

export class TrainingCharts {
  readonly loss: Panel;
  readonly accuracy: Panel;
  private readonly lossChart: LineChart;
  private readonly accuracyChart: LineChart;
  private readonly choice;
  private readonly logScale;
  private drawn: unknown[] = [];

  constructor(store: Store, theme: Theme) {
    this.lossChart = new LineChart(
      {
        name: 'Loss',
        height: 145,
        formatValue: formatLoss,
        formatAxis: formatTick,
        formatPlace: formatEpoch,
      },
      theme,
    );
    this.accuracyChart = new LineChart(
      {
        name: 'Accuracy',
        height: 145,
        formatValue: (value) => formatPercent(value),
        formatAxis: (value) => formatPercent(value, 0),
        formatPlace: formatEpoch,
        range: accuracyRange,
      },
      theme,
    );
    this.choice = createChoice('Training that is shown', (training) => store.choose({ training }));
    this.logScale = createCheckbox('Log scale', (logScale) => store.choose({ logScale }));
    this.loss = chartPanel('Loss', this.lossChart, [this.choice.element, this.logScale.element]);
    this.accuracy = chartPanel('Accuracy', this.accuracyChart);
  }

  update({ run, ui }: View): void {
    const inputs = [run.steps, run.epochs, run.phase, run.status, ui.training, ui.logScale];
    if (inputs.every((input, index) => input === this.drawn[index])) return;
    this.drawn = inputs;
    const all = trainings(run);
    const chosen = all.find(({ key }) => key === ui.training);
    const automatic = automaticTraining(run, all);
    const training = chosen ?? automatic;
    const options = offered(all, chosen).map(({ key, title }) => ({ value: key, label: title }));
    const auto = { value: 'auto', label: automatic ? `Auto: ${automatic.title}` : 'Auto' };
    this.choice.update([auto, ...options], chosen ? chosen.key : 'auto');
    this.choice.element.hidden = all.length < 2;
    this.logScale.set(ui.logScale);
    const waiting = !training || run.steps.length === 0;
    this.loss.setWaiting(waiting ? 'Waiting for the first logged step.' : undefined);
    this.accuracy.setWaiting(waiting ? 'Waiting for the first logged step.' : undefined);
    if (training) this.draw(run, training, ui.logScale);
  }

  repaint(theme: Theme): void {
    this.lossChart.repaint(theme);
    this.accuracyChart.repaint(theme);
  }

  private draw(run: View['run'], training: Training, log: boolean): void {
    const series = trainingSeries(run, training);
    const searching = training.phase === 'search';
    this.lossChart.setLines(searching ? [batch, alphaBatch, train, validation] : [batch, train], log);
    this.accuracyChart.setLines(searching ? [batch, train, validation] : [batch, train]);
    const { epochs } = series;
    if (searching) {
      this.lossChart.update([
        epochs,
        series.batchLoss,
        series.batchValidationLoss,
        series.loss,
        series.validationLoss,
      ]);
      this.accuracyChart.update([epochs, series.batchAccuracy, series.accuracy, series.validationAccuracy]);
    } else {
      this.lossChart.update([epochs, series.batchLoss, series.loss]);
      this.accuracyChart.update([epochs, series.batchAccuracy, series.accuracy]);
    }
  }
}

/** Trials that can be chosen, the latest ones: a list of hundreds is of no use. */
const offeredTrials = 20;

function offered(all: readonly Training[], chosen: Training | undefined): readonly Training[] {
  const trials = all.filter(({ trial }) => trial !== undefined);
  const hidden = new Set(trials.slice(0, -offeredTrials).filter((training) => training !== chosen));
  return all.filter((training) => !hidden.has(training));
}
