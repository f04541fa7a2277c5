import type { TrialReport } from '@contract/trial'
import { html, noHtml, type Html } from './html'
import type { AlignedWord, ReportedUtterance, ReportedUtterances } from './report-inputs'

/** What each tier gets most wrong, word by word; empty when nothing was recorded. The trial `openTrialId` is unfolded. */
export function utterancesSection(
  trials: readonly TrialReport[],
  utterances: readonly ReportedUtterances[],
  openTrialId: string | undefined
): Html[] {
  const tiers = utterances.flatMap((each) => {
    const trial = trials.find(({ trialId }) => trialId === each.trialId)
    return trial === undefined || each.worst.length === 0
      ? []
      : [tierDetails(trial, each, trial.trialId === openTrialId)]
  })
  if (tiers.length === 0) return []
  return [
    html`<p class="note">
        In reading order: <del>left out</del>, <ins>added</ins>,
        <span class="wrong"><del>said</del> <ins>understood</ins></span
        >. Words are shown as they were compared, after the text normalizer.
      </p>
      ${tiers}`
  ]
}

function tierDetails(
  { name }: TrialReport,
  { worst, mostChanged }: ReportedUtterances,
  isOpen: boolean
): Html {
  return html`<details ${isOpen ? 'open' : ''}>
    <summary>${name}</summary>
    ${utteranceTable('Most errors', worst)}
    ${mostChanged.length === 0 ? noHtml : utteranceTable('Most changed against the baseline', mostChanged)}
  </details>`
}

function utteranceTable(title: string, utterances: readonly ReportedUtterance[]): Html {
  const rows = utterances.map(
    (each) =>
      html`<tr>
        <th scope="row">${each.utteranceId}</th>
        <td class="right">${each.errors} of ${each.total}</td>
        <td class="right">${each.baselineErrors ?? '–'}</td>
        <td class="words">
          ${each.words.map(wordMarkup)}${rankRemark(each.labelRank)}${flagRemark(each.failures)}
        </td>
      </tr>`
  )
  return html`<h3>${title}</h3>
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th scope="col">recording</th>
            <th scope="col" class="right">errors</th>
            <th scope="col" class="right">baseline</th>
            <th scope="col">reference and what was understood</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>`
}

function wordMarkup(word: AlignedWord): Html {
  switch (word.operation) {
    case 'match':
      return html`${word.reference} `
    case 'substitution':
      return html`<span class="wrong"><del>${word.reference}</del> <ins>${word.hypothesis}</ins></span> `
    case 'deletion':
      return html`<del>${word.reference}</del> `
    case 'insertion':
      return html`<ins>${word.hypothesis}</ins> `
  }
}

function rankRemark(labelRank: number | null | undefined): Html {
  if (labelRank === undefined || labelRank === 1) return noHtml
  return html`<small
    >${labelRank === null ? 'right label not among the best ten' : `right label in place ${labelRank}`}</small
  >`
}

function flagRemark(failures: readonly string[]): Html {
  return failures.length === 0 ? noHtml : html`<small>${failures.join(', ')}</small>`
}
