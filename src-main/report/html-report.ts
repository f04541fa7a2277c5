/**
 * A study as one HTML file that needs nothing else: no network, no scripts, charts as inline SVG, light and dark by
 * the reader's setting. Every text goes through `html`, which escapes it.
 */
import type { TrialReport } from '@contract/trial'
import { englishDurations, formatPercent } from '@contract/display-numbers'
import { errorRateNames, qualityOf } from '@contract/quality'
import { bestTier } from '../study/gates'
import { formatAudioDuration } from '../../src-renderer/format/numbers'
import { allocatorsSection } from './allocators-section'
import { differencesSection } from './differences-section'
import { gatesSection } from './gates-section'
import { Html, html, noHtml } from './html'
import { pageStyle } from './page-style'
import { conditionsSection, provenanceSection } from './provenance-section'
import { rankMapSection } from './rank-map-section'
import type { ReportInputs } from './report-inputs'
import { spectraSection } from './spectra-section'
import { tradeOffSection } from './trade-off-section'
import { trialTable } from './trial-table'
import { utterancesSection } from './utterances-section'
import { warningsOf } from './warnings'

/** Nothing may be loaded or run; the style sheet and the `style` attributes of the charts are in the file. */
const contentPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

interface Section {
  readonly id: string
  readonly title: string
  /** Empty: there is nothing to show, and the section is left out. */
  readonly content: readonly Html[]
}

/** The whole document. */
export function htmlReport(inputs: ReportInputs): string {
  const { study } = inputs.report
  const sections = sectionsOf(inputs).filter(({ content }) => content.length > 0)
  const warnings = warningsOf(inputs)
  const page = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content="${contentPolicy}" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>${study.name} – Lathe</title>
      <style>
        ${new Html(pageStyle)}
      </style>
    </head>
    <body>
      <header>
        <h1>${study.name}</h1>
        ${inputs.recipe.description === undefined ? noHtml : html`<p>${inputs.recipe.description}</p>`}
        <p class="lead">${summary(inputs)}</p>
        ${
          warnings.length === 0
            ? noHtml
            : html`<ul class="warnings">
                ${warnings.map((warning) => html`<li>${warning}</li>`)}
              </ul>`
        }
        <nav aria-label="Sections">
          <ul>
            ${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
          </ul>
        </nav>
      </header>
      <main>
        ${sections.map(
          ({ id, title, content }) =>
            html`<section id="${id}">
              <h2>${title}</h2>
              ${content}
            </section> `
        )}
      </main>
    </body>
  </html>`
  return `<!doctype html>\n${page.markup}\n`
}

function sectionsOf(inputs: ReportInputs): Section[] {
  const { report, recipe, columns, utterances, spectra } = inputs
  const { trials } = report
  return [
    { id: 'trade-off', title: 'Trade-off', content: [tradeOffSection(trials)] },
    { id: 'trials', title: 'All trials', content: [trialTable(columns, trials)] },
    { id: 'gates', title: 'Gates', content: gatesSection(report) },
    {
      id: 'differences',
      title: 'Differences',
      content: differencesSection(trials, recipe.evaluation.bootstrapUnit)
    },
    { id: 'allocators', title: 'Rank policies', content: allocatorsSection(trials) },
    { id: 'ranks', title: 'Ranks', content: rankMapSection(trials) },
    { id: 'spectra', title: 'Spectra', content: spectra === undefined ? [] : spectraSection(spectra) },
    {
      id: 'utterances',
      title: 'Worst recordings',
      content: utterancesSection(trials, utterances, bestTier(trials)?.trialId)
    },
    { id: 'conditions', title: 'Conditions', content: conditionsSection(inputs) },
    { id: 'provenance', title: 'Provenance', content: [provenanceSection(inputs)] }
  ]
}

/** The study in two or three sentences, with the answer that its reader came for. */
function summary({ report: { trials }, recipe }: ReportInputs): Html {
  const measured = trials.filter(({ state }) => state === 'completed')
  const baseline = measured.find(({ method }) => method === 'baseline')
  const tiers = measured.filter(({ dominatedByInt8 }) => dominatedByInt8 !== undefined)
  const beaten = tiers.filter(({ dominatedByInt8 }) => dominatedByInt8 === true)
  return html`${measured.length} of ${trials.length} trials measured${extent(baseline ?? measured[0])}.
  ${baseline === undefined ? noHtml : html`The uncompressed model is at ${rateText(baseline)}.`}
  ${tiers.length === 0 ? noHtml : html`${tiers.length - beaten.length} of ${tiers.length} tiers are in some way better than plain int8.`}
  ${recipe.gates.length === 0 ? noHtml : gateSentence(trials)}`
}

function extent(trial: TrialReport | undefined): string {
  if (trial?.utterances === undefined || trial.audioSeconds === undefined) return ''
  return ` on ${trial.utterances} recordings (${formatAudioDuration(trial.audioSeconds, englishDurations)})`
}

function rateText(trial: TrialReport): string {
  const quality = qualityOf(trial)
  return quality === undefined
    ? 'an unknown error rate'
    : `${formatPercent(quality.errorRate)} ${errorRateNames[quality.kind]}`
}

function gateSentence(trials: readonly TrialReport[]): Html {
  const best = bestTier(trials)
  return best === undefined
    ? html`No tier passes all gates.`
    : html`The smallest tier that passes all gates is <b>${best.name}</b>.`
}
