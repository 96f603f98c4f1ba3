/** How well each class is recognized, as a short table for the last lines of a run. */
import { formatCount, formatPercent } from '../format';
import { countsOf, mistakesOf, type TestReport } from '../protocol/testReport';
import { classScores } from '../scores';
import { grid } from './report';

/** More classes would push the verdict off the screen. */
const mostClasses = 12;

/** Empty for more than 12 classes, which the dashboard and `result.json` have. */
export function reportLines(report: TestReport): string[] {
  const { classNames } = report;
  if (classNames.length > mostClasses) return [];
  const mistakes = mistakesOf(report);
  const rows = classScores(countsOf(report)).map(({ images, precision, recall, f1 }, k) => {
    const [most] = mistakes[k]!;
    const taken = most ? `${shortened(classNames[most.predicted]!)} (${formatCount(most.images)})` : '–';
    const shares = [precision, recall, f1].map((share) => formatPercent(share, 1));
    return [shortened(classNames[k]!), formatCount(images), ...shares, taken];
  });
  const head = ['class', 'test images', 'precision', 'recall', 'F1', 'most often taken for'];
  return grid([head, ...rows]).map((line) => `  ${line}`);
}

/** Names of folders may be long. */
function shortened(name: string): string {
  return name.length <= 24 ? name : `${name.slice(0, 23)}…`;
}
