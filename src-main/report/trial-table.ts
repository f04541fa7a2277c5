import type { TrialReport } from '@contract/trial'
import { html, noHtml, type Html } from './html'
import type { ReportColumn } from './report-inputs'

/** Columns in which some trial has something to show. */
export function usedColumns(
  columns: readonly ReportColumn[],
  trials: readonly TrialReport[]
): readonly ReportColumn[] {
  return columns.filter(({ cell }) => trials.some((trial) => !['', '-'].includes(cell(trial))))
}

/** Every trial with every figure, as the terminal prints it. The first column names the row. */
export function trialTable(columns: readonly ReportColumn[], trials: readonly TrialReport[]): Html {
  const shown = usedColumns(columns, trials)
  const rows = trials.map(
    (trial) =>
      html`<tr class="${trial.dominatedByInt8 === true ? 'beaten' : trial.state}">
        ${shown.map(({ align, cell }, index) =>
          index === 0
            ? html`<th scope="row">${cell(trial)}${trial.stoppedBefore === undefined ? '' : ' †'}</th>`
            : html`<td class="${align}">${cell(trial)}</td>`
        )}
      </tr>`
  )
  return html`<div class="wide">
      <table>
        <thead>
          <tr>
            ${shown.map(({ title, align }) => html`<th scope="col" class="${align}">${title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    ${marks(trials)}`
}

/** What a reader must know about single rows beyond their numbers. */
function marks(trials: readonly TrialReport[]): Html {
  const lines = trials.flatMap(({ name, stoppedBefore, utterances, error }) => [
    ...(stoppedBefore === undefined
      ? []
      : [
          html`<li>
            † <b>${name}</b>: stopped early, after ${utterances ?? 0} of ${stoppedBefore} recordings, because
            its gates were decided.
          </li>`
        ]),
    ...(error === undefined ? [] : [html`<li><b>${name}</b>: ${error.message} [${error.code}]</li>`])
  ])
  return lines.length === 0
    ? noHtml
    : html`<ul class="note">
        ${lines}
      </ul>`
}
