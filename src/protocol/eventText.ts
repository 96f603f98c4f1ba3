/** Events of a run as lines, for the log of the editor and for a terminal. Pure. */
import { formatCount, formatPercent } from '../format';
import { formatScore, scoreTitle } from '../scores';
import type { RunEvent, ScoreValue } from './events';
import { describeProof, failedProofHint, proofHolds } from './proof';
import { phaseTitles, taskTitle, type RunState } from './runState';
import { formatGenotype } from '../space/genotype';
import { judge } from './verdict';

/** "macro-F1 71.23 %" */
function scored({ name, value }: ScoreValue): string {
  return `${scoreTitle(name)} ${formatScore(name, value)}`;
}

/** What an event is worth in the log; nothing for those that come many times an epoch. */
export function describeEvent(event: RunEvent): string | undefined {
  switch (event.type) {
    case 'run': {
      const { supernet, images } = event;
      const by = event.score ? `, judged by ${scoreTitle(event.score.name)}` : '';
      if (event.task === 'training') {
        const trains = `${images.train + images.validation} images train, ${images.test} are for the test`;
        return `Run ${event.runId}: training of a given architecture on ${event.data}${by}, seed ${event.seed}, by the ${event.engine}; ${trains}`;
      }
      const size = `${formatCount(BigInt(event.space.size))} genotypes, ${supernet ? `supernet of ${formatCount(supernet.parameters)} parameters, ${supernet.alphas} α` : `${event.trials} trials judged by ${event.estimator}`}`;
      const split = `${images.train} images for w, ${images.validation} for α, ${images.test} for the test`;
      return `Run ${event.runId}: ${event.strategy} on ${event.data}${by}, seed ${event.seed}, by the ${event.engine}; ${size}; ${split}`;
    }
    case 'resumed':
      return `Resumed by the ${event.engine}`;
    case 'phase': {
      if (event.phase === 'proof') return `${phaseTitles.proof} on the test split`;
      const which = event.of > 1 ? ` (${event.index + 1} of ${event.of})` : '';
      const length =
        event.trials === undefined
          ? `${event.epochs} epochs of ${event.stepsPerEpoch} steps`
          : `${event.trials} trials`;
      return `${phaseTitles[event.phase]}${which}: ${length}`;
    }
    case 'epoch': {
      const { validationAccuracy: validation, validationScore } = event;
      const accuracy = validation === undefined ? '' : `, validation accuracy ${formatPercent(validation)}`;
      const judged = validationScore === undefined ? accuracy : `${accuracy}, ${scored(validationScore)}`;
      const of = event.trial === undefined ? '' : `Trial ${event.trial + 1}, `;
      return `${of}${of ? 'epoch' : 'Epoch'} ${event.epoch + 1}: loss ${event.loss.toFixed(4)}, accuracy ${formatPercent(event.accuracy)}${judged}`;
    }
    case 'genotype': {
      const parts = formatGenotype(event.genotype).map(({ title, lines }) => `${title}: ${lines.join('; ')}`);
      return `Best so far${event.trial === undefined ? '' : ` (trial ${event.trial + 1})`}: ${parts.join(' | ')}`;
    }
    case 'trial': {
      const outcome =
        event.score === undefined ? `${event.status}: ${event.message}` : `score ${event.score.toFixed(4)}`;
      return `Trial ${event.index + 1}: ${outcome}, ${formatCount(event.costs.parameters)} parameters`;
    }
    case 'collapse':
      return event.rule === undefined
        ? undefined
        : `Collapse: ${event.skips} skip connections in the normal cell, ${event.allowed} are allowed${event.stopped ? `; the search ends with epoch ${event.keep + 1}` : ''}`;
    case 'network':
      return `Network: test accuracy ${formatPercent(event.testAccuracy)}${event.testScore ? `, ${scored(event.testScore)}` : ''}, ${formatCount(event.parameters)} parameters, ${formatCount(event.flops)} multiply–accumulates`;
    case 'proof': {
      const text = describeProof(event.proof);
      return proofHolds(event.proof) === false ? `${text}. ${failedProofHint}` : text;
    }
    case 'notice':
      return event.message;
    case 'stopped':
      return 'Stopped';
    case 'failed':
      return `Failed: ${event.message} ${event.hint ?? ''}`.trim();
    case 'finished':
      return 'Finished';
    case 'report':
    case 'step':
    case 'alpha':
      return undefined;
  }
}

/** What a finished run came to: its verdict with why and what to do next, and the check of its code, for a notification. */
export function describeResult(name: string, state: RunState): string {
  const { title, why, next } = judge(state);
  const { proof } = state;
  const result = `The ${taskTitle(state)} “${name}” is finished: ${title}. ${why} ${next}`;
  if (!proof) return result;
  // What makes all the rest doubtful comes first.
  if (proofHolds(proof) === false) return `${describeProof(proof)}. ${failedProofHint} ${result}`;
  return `${result} ${describeProof(proof)}.`;
}
