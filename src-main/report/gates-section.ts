import type { GateVerdict } from '@contract/gate'
import type { StudyReport, TrialReport } from '@contract/trial'
import { bestTier } from '../study/gates'
import { describeGate, formatGateFigure } from '../study/gate-text'
import { html, type Html } from './html'

/** Also readable without colour. */
const verdictMarks: Readonly<Record<GateVerdict['verdict'], string>> = {
  passed: '✓',
  failed: '✗',
  undecided: '?'
}

/** Which tier passes what; empty when the recipe has no gates. */
export function gatesSection({ study, trials }: StudyReport): Html[] {
  const judged = trials.filter(({ gates }) => gates !== undefined && gates.length > 0)
  const [first] = judged
  if (first?.gates === undefined) return []
  const best = bestTier(trials)
  const where = study.selectedOn === 'development' ? 'the development set' : 'the evaluation set itself'
  return [
    html`<p>
        Decided on ${where}. A figure with a 95 % interval, such as an error rate or a speedup measured turn
        by turn, passes its gate when the whole interval is within the bound; the gate is undecided when the
        bound lies inside the interval, and undecided is not passed.
        ${best === undefined ? html`<b>No tier passes all gates.</b>` : html`The smallest tier that passes all gates is <b>${best.name}</b>.`}
      </p>
      <div class="wide">
        <table class="gates">
          <thead>
            <tr>
              <th scope="col">tier</th>
              ${first.gates.map(({ gate }) => html`<th scope="col">${describeGate(gate)}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${judged.map((trial) => gateRow(trial, trial === best))}
          </tbody>
        </table>
      </div>`
  ]
}

function gateRow({ name, gates }: TrialReport, isBest: boolean): Html {
  return html`<tr class="${isBest ? 'best' : ''}">
    <th scope="row">${name}</th>
    ${(gates ?? []).map(
      (each) =>
        html`<td class="${each.verdict}">
          <span title="${each.verdict}" aria-label="${each.verdict}">${verdictMarks[each.verdict]}</span>
          ${formatGateFigure(each)}
        </td>`
    )}
  </tr>`
}
