import { englishDurations } from '@contract/display-numbers'
import { latheVersion } from '../base/lathe-version'
import { studyConditions, type ConditionWords } from '../../src-renderer/format/study-conditions'
import { html, type Html } from './html'
import type { ReportInputs } from './report-inputs'

/** The report is written in English, whatever language the window speaks. */
const conditionWords: ConditionWords = {
  processor: 'Processor',
  threads: 'Threads',
  runtime: 'Runtime',
  system: 'System',
  evaluatedOn: 'Evaluated on',
  recordings: (count, duration) => `${count} utterances, ${duration}`,
  durations: englishDurations,
  speakers: 'Speakers',
  referenceWords: 'Reference words',
  warmup: 'Warm-up',
  warmupRecordings: (count) => `${count} utterances`,
  normalizer: 'Text normalizer',
  lathe: 'Lathe'
}

/** Under which conditions the numbers hold. */
export function conditionsSection({ report }: ReportInputs): Html[] {
  const conditions = studyConditions(report.trials, conditionWords)
  if (conditions.length === 0) return []
  return [
    html`<dl>${conditions.map(({ term, values }) => definition(term, values.join(' / ')))}</dl>
      <p class="note">
        Error rates are summed errors over summed references. Latency is features, network and decoding per
        recording, one at a time, after the warm-up. Memory is the peak of a process that did nothing else.
        MACs are of the network, per second of audio. Where a condition has several values, trials were
        measured differently.
      </p>`
  ]
}

/** Where everything came from, and the recipe that makes it again. */
export function provenanceSection({ report, recipe, createdAt }: ReportInputs): Html {
  const { study } = report
  const modelHashes = report.trials.flatMap(({ name, modelHash }) =>
    modelHash === undefined
      ? []
      : [
          html`<tr>
            <th scope="row">${name}</th>
            <td class="hash">${modelHash}</td>
          </tr>`
        ]
  )
  return html`<dl>
      ${definition('Study', study.studyId)} ${definition('First run', createdAt)}
      ${definition('Written by', `Lathe ${latheVersion}`)} ${definition('Model', study.modelHash)}
      ${definition('Calibration set', study.calibrationHash)}
      ${definition('Development set', study.developmentHash ?? 'none')}
      ${definition('Evaluation set', study.evaluationHash)}
      ${definition('Seed of the bootstrap', String(recipe.evaluation.seed))}
      ${definition('Bootstrap draws', `${recipe.evaluation.bootstrapUnit}s`)}
    </dl>
    <p class="note">Hashes are SHA-256 of the content, so that a file can be recognised wherever it lies.</p>
    <details>
      <summary>Finished models</summary>
      <div class="wide">
        <table>
          <tbody>
            ${modelHashes}
          </tbody>
        </table>
      </div>
    </details>
    <details>
      <summary>Recipe, with its defaults filled in</summary>
      <pre>${JSON.stringify(recipe, null, 2)}</pre>
    </details>`
}

function definition(term: string, value: string): Html {
  return html`<div>
    <dt>${term}</dt>
    <dd>${/^[0-9a-f]{64}$/.test(value) ? html`<span class="hash">${value}</span>` : value}</dd>
  </div>`
}
