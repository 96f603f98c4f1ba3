/** Accuracy over epochs of the training whose loss is shown. */
import { scoreNameOf } from '../../src/protocol/events';
import { scoreTitle } from '../../src/scores';
import { setText } from '../kit/dom';
import { formatPercent } from '../kit/format';
import { LineChart } from '../kit/lineChart';
import { changes } from '../kit/memory';
import { chartPanel, formatEpoch, type Panel } from '../kit/panel';
import type { Part, PartContext } from '../kit/part';
import type { View } from '../kit/store';
import type { Theme } from '../kit/theme';
import { hasTrainings, shownTraining, waitingForStep } from './shownTraining';
import { batchLine, scoreLine, trainLine, validationLine } from './trainingLines';

/** Limits around the data, within 0 … 1, and never so narrow that noise looks like a fall. */
function accuracyRange(min: number, max: number): [number, number] {
  const pad = Math.max(0.02, (max - min) * 0.08);
  return [Math.max(0, min - pad), Math.min(1.005, max + pad)];
}

export class AccuracyChart implements Part {
  readonly shown = hasTrainings;
  private readonly panel: Panel;
  private readonly chart: LineChart;
  private readonly changed = changes();

  constructor({ theme }: PartContext) {
    this.chart = new LineChart(
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
    this.panel = chartPanel('Accuracy', this.chart);
  }

  get element(): HTMLElement {
    return this.panel.element;
  }

  update(view: View): void {
    const { training, series, waiting } = shownTraining(view);
    if (!this.changed(series, waiting)) return;
    this.panel.setWaiting(waiting ? waitingForStep : undefined);
    if (!training || !series) return;
    const { epochs, batchAccuracy, accuracy, validationAccuracy, validationScore } = series;
    const name = scoreNameOf(view.run.run);
    // Log-loss stands in the chart of the loss.
    const scored = training.phase === 'search' && name !== 'accuracy' && name !== 'logLoss';
    setText(this.panel.heading, scored ? `Accuracy and ${scoreTitle(name)}` : 'Accuracy');
    if (scored) {
      this.chart.setLines([
        batchLine,
        trainLine,
        validationLine,
        scoreLine(`validation ${scoreTitle(name)}`),
      ]);
      this.chart.update([epochs, batchAccuracy, accuracy, validationAccuracy, validationScore]);
    } else if (training.phase === 'search') {
      this.chart.setLines([batchLine, trainLine, validationLine]);
      this.chart.update([epochs, batchAccuracy, accuracy, validationAccuracy]);
    } else {
      this.chart.setLines([batchLine, trainLine]);
      this.chart.update([epochs, batchAccuracy, accuracy]);
    }
  }

  repaint(theme: Theme): void {
    this.chart.repaint(theme);
  }
}
