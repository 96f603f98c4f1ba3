/** All parts of the dashboard in their places: a chart is one file and one line here. */
import { isSampling, isTraining } from '../../src/protocol/runState';
import { GivenArchitecture } from '../architecture/givenArchitecture';
import { spaceNamed } from '../../src/space/registry';
import { AlphaPanel } from '../gradient/alphaPanel';
import { CellPanel } from '../gradient/cellPanel';
import { EntropyChart } from '../gradient/entropyChart';
import { setAttribute } from '../kit/dom';
import { PartGroup, type Part, type PartContext } from '../kit/part';
import { isEmpty, type View } from '../kit/store';
import type { Theme } from '../kit/theme';
import { AccuracyChart } from '../run/accuracyChart';
import { ClassReport } from '../run/classReport';
import { Header } from '../run/header';
import { LossChart } from '../run/lossChart';
import { NetworksTable } from '../run/networksTable';
import { Notices } from '../run/notices';
import { PictureClassification } from '../run/pictureClassification';
import { VerdictStrip } from '../run/verdictStrip';
import { ReportCharts } from '../trials/reportCharts';
import { CostChart, ScoreChart } from '../trials/trialCharts';
import { TrialDetails } from '../trials/trialDetails';
import { TrialTable } from '../trials/trialTable';
import { createEmptyState } from './emptyState';

/** In the order of the page. */
function createParts(context: PartContext): readonly Part[] {
  return [
    new Header(context),
    new VerdictStrip(),
    new Notices(context),
    createEmptyState(context),
    new RunParts([
      new PartGroup('trials-view', [
        new ScoreChart(context),
        new CostChart(context),
        new TrialTable(context),
        new TrialDetails(context),
      ]),
      new AlphaPanel(context),
      new PartGroup('charts', [
        new LossChart(context),
        new AccuracyChart(context),
        new EntropyChart(context),
      ]),
      new CellPanel(context),
      new GivenArchitecture(),
      new ReportCharts(context),
      new NetworksTable(),
      new PictureClassification(context),
      new ClassReport(),
    ]),
  ];
}

function kindOf(run: View['run']): 'training' | 'sampling' | 'gradient' {
  if (isTraining(run)) return 'training';
  return isSampling(run) ? 'sampling' : 'gradient';
}

/** What stands under the header of a run; its columns depend on the kind of run (styles/base.css). */
class RunParts extends PartGroup {
  constructor(parts: readonly Part[]) {
    super('parts', parts);
  }

  override shown(view: View): boolean {
    return !isEmpty(view);
  }

  override update(view: View): void {
    const { run } = view;
    this.element.dataset.kind = kindOf(run);
    const kinds = spaceNamed(run.run?.space.type ?? '')?.cells?.kinds.length;
    setAttribute(this.element, 'data-cells', kinds === 1 ? 'one' : undefined);
    super.update(view);
  }
}

export class Dashboard extends PartGroup {
  constructor(context: PartContext) {
    super('dashboard', createParts(context));
    this.repaint(context.theme);
  }

  override repaint(theme: Theme): void {
    // Not on html or body: changes there are taken for changes of the theme.
    this.element.style.setProperty('--ramp-top', String(theme.rampTop));
    this.element.classList.toggle('calm', theme.reducedMotion);
    super.repaint(theme);
  }
}
