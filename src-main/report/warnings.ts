import type { TrialReport } from '@contract/trial'
import { html, type Html } from './html'
import type { ReportInputs } from './report-inputs'

/** What makes the numbers of a study weaker than they look, said before any of them. */
export function warningsOf({ report: { study, trials }, recipe }: ReportInputs): Html[] {
  const stopped = trials.filter(({ stoppedBefore }) => stoppedBefore !== undefined)
  const open = trials.filter(({ state }) => state !== 'completed')
  return [
    ...(study.selectedOn === 'evaluation' && recipe.gates.length > 0
      ? [
          html`<b>Selected on the evaluation set.</b> Gates were decided on the recordings whose numbers are
            reported, which flatters the tier that passes; name a development set in the recipe.`
        ]
      : []),
    ...(stopped.length === 0
      ? []
      : [
          html`<b>${stopped.length} of ${trials.length} trials stopped early</b>, as soon as their gates were
            decided: their error rates are of fewer recordings and not comparable with the others in the last
            digits.`
        ]),
    ...(open.length === 0
      ? []
      : [html`<b>${open.length} of ${trials.length} trials have no result</b>: ${statesOf(open)}.`]),
    ...unreadableWarning(trials)
  ]
}

function statesOf(trials: readonly TrialReport[]): string {
  const states = [...new Set(trials.map(({ state }) => state))]
  return states
    .map((state) => `${trials.filter((trial) => trial.state === state).length} ${state}`)
    .join(', ')
}

/** All trials of a study read the same recordings, so each of these is named once. */
function unreadableWarning(trials: readonly TrialReport[]): Html[] {
  const unreadable = new Map(
    trials.flatMap((trial) =>
      (trial.unreadable ?? []).map((each) => [each.utteranceId, each.reason] as const)
    )
  )
  if (unreadable.size === 0) return []
  const items = [...unreadable].map(([utteranceId, reason]) => html`<li>${utteranceId}: ${reason}</li>`)
  const subject = unreadable.size === 1 ? 'One recording' : `${unreadable.size} recordings`
  return [
    html`<b>${subject} could not be read</b> and left out of every number.
      <details>
        <summary>Which</summary>
        <ul>
          ${items}
        </ul>
      </details>`
  ]
}
