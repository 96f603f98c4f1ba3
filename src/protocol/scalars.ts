/** What of a run is a curve, in the form of TensorBoard: values by tag and step. Pure. */
import { testScoreOf, type Phase, type RunEvent } from './events';

export interface Scalar {
  /** Its part before the first slash groups charts. */
  readonly tag: string;
  readonly value: number;
  readonly step: number;
}

/** `search`, `final`, `random 1`. */
function partOf({ phase, index }: { readonly phase: Phase; readonly index: number }): string {
  return phase === 'baseline' ? `random ${index + 1}` : phase;
}

/** Those that an event has; trainings of single trials have none, since there are as many as trials. */
export function scalarsOf(event: RunEvent): Scalar[] {
  switch (event.type) {
    case 'step': {
      if (event.trial !== undefined) return [];
      const { loss, accuracy, learningRate, validationLoss, expectedCost } = event;
      return named(`${partOf(event)} steps`, event.step, {
        loss,
        accuracy,
        learning_rate: learningRate,
        validation_loss: validationLoss,
        expected_cost: expectedCost,
      });
    }
    case 'epoch': {
      if (event.trial !== undefined) return [];
      const { loss, accuracy, validationLoss, validationAccuracy, validationScore } = event;
      return named(`${partOf(event)} epochs`, event.epoch + 1, {
        loss,
        accuracy,
        validation_loss: validationLoss,
        validation_accuracy: validationAccuracy,
        ...(validationScore && { [`validation_${validationScore.name}`]: validationScore.value }),
      });
    }
    case 'trial': {
      const { score, costs } = event;
      return named('trials', event.index + 1, { score, ...costs });
    }
    case 'report':
      return named(event.source, event.trial + 1, event.values);
    case 'collapse':
      return named('collapse', event.epoch + 1, { skips: event.skips, eigenvalue: event.eigenvalue });
    case 'network': {
      const { testLoss, testAccuracy } = event;
      const values = { test_loss: testLoss, test_accuracy: testAccuracy };
      const score = event.testScore && { [`test_${event.testScore.name}`]: testScoreOf(event) };
      return named(partOf(event), 0, { ...values, ...score });
    }
    default:
      return [];
  }
}

function named(group: string, step: number, values: Readonly<Record<string, number | undefined>>): Scalar[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [{ tag: `${group}/${name}`, value, step }],
  );
}
