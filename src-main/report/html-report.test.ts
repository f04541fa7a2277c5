import { describe, expect, it } from 'vitest'
import { recipeSchema } from '@contract/recipe'
import type { LayerDecision, TrialReport } from '@contract/trial'
import { baselineTrial, completedTrial, int8Trial, unmeasuredTrial } from '../../tests/helpers/trial-reports'
import { htmlReport } from './html-report'
import type { ReportInputs, ReportedUtterances } from './report-inputs'

const hostile = `<img src=x onerror=alert(1)>"'&\u0000`
const escaped = '&lt;img src=x onerror=alert(1)&gt;'

function layer(layerId: string, rank: number | null): LayerDecision {
  return { layerId, role: 'fc1', blockIndex: 0, inFeatures: 100, outFeatures: 400, rank }
}

const difference = { difference: 0.01, lower: 0.002, upper: 0.03 }
const tier = completedTrial('whitened-svd 50%', {
  plan: [layer('/a', 20), layer('/b', null)],
  versusBaseline: difference,
  versusInt8: { ...difference, difference: 0.4 },
  gates: [
    {
      gate: { metric: 'speedup', atLeast: 2, reference: 'baseline' },
      value: 2,
      interval: null,
      verdict: 'passed'
    }
  ]
})
const byEnergy = completedTrial('whitened-svd 50% energy', { rankPolicy: 'energy', wordErrorRate: 0.2 })

function inputs(trials: readonly TrialReport[], changes: Partial<ReportInputs> = {}): ReportInputs {
  return {
    report: {
      study: {
        studyId: '5'.repeat(64),
        name: 'study',
        modelHash: 'a'.repeat(64),
        calibrationHash: 'b'.repeat(64),
        evaluationHash: 'c'.repeat(64),
        developmentHash: null,
        selectedOn: 'evaluation'
      },
      trials: [...trials]
    },
    recipe: recipeSchema.parse({
      recipeVersion: 1,
      name: 'study',
      model: 'm',
      calibrationSet: 'c',
      evaluationSet: 'e',
      gates: [{ metric: 'speedup', atLeast: 2 }]
    }),
    createdAt: '2000-01-01T00:00:00Z',
    columns: [
      { title: 'trial', align: 'left', cell: ({ name }) => name },
      { title: 'size', align: 'right', cell: ({ sizeBytes }) => String(sizeBytes ?? '-') },
      { title: 'nothing', align: 'right', cell: () => '-' }
    ],
    utterances: [],
    ...changes
  }
}

/** Ids of the sections that are in the page, in order. */
function sectionsOf(page: string): string[] {
  return [...page.matchAll(/<section id="([^"]+)"/g)].map((match) => match[1]!)
}

describe('the report of a study', () => {
  const page = htmlReport(inputs([baselineTrial, int8Trial, tier, byEnergy]))

  it('has a section for everything that there is to show', () => {
    expect(sectionsOf(page)).toEqual([
      'trade-off',
      'trials',
      'gates',
      'differences',
      'allocators',
      'ranks',
      'conditions',
      'provenance'
    ])
  })

  it('draws one chart per cost', () => {
    expect(page.match(/aria-label="Error rate against/g)).toHaveLength(4)
  })

  it('needs no network and runs nothing', () => {
    expect(page).toContain(`http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;;`)
    expect(page).not.toMatch(/<script|<link|<iframe|<img|@import|url\((?!#)|\ssrc=|javascript:/)
    // Names of namespaces are no addresses; links stay inside the page.
    const addresses = [...page.matchAll(/https?:\/\/[^"'\s<]+/g)].map(([address]) => address)
    expect(new Set(addresses)).toEqual(
      new Set(['http://www.w3.org/2000/svg', 'http://www.w3.org/1999/xlink'])
    )
    expect([...page.matchAll(/href="([^"]*)"/g)].every((match) => match[1]!.startsWith('#'))).toBe(true)
  })

  it('leaves out columns in which nothing was measured', () => {
    expect(page).toContain('>size</th>')
    expect(page).not.toContain('>nothing</th>')
  })

  it('shows ranks, dense layers and the model behind the numbers', () => {
    expect(page).toContain('<td style="--kept: 20%">20</td>')
    expect(page).toContain('<td class="dense">dense</td>')
    expect(page).toContain('5'.repeat(64))
    expect(page).toContain('&quot;evaluationSet&quot;: &quot;e&quot;')
  })

  it('names the tier that passes the gates', () => {
    expect(page).toContain('The smallest tier that passes all gates is <b>whitened-svd 50%</b>')
  })
})

describe('warnings', () => {
  const warningsOf = (page: string) => /<ul class="warnings">([\s\S]*?)<\/ul>\s*<nav/.exec(page)?.[1] ?? ''

  it('tell of a selection on the reported numbers', () => {
    expect(warningsOf(htmlReport(inputs([baselineTrial, tier])))).toContain('Selected on the evaluation set')
  })

  it('do not, when a development set decided or nothing was decided', () => {
    const base = inputs([baselineTrial, tier])
    const decided = { ...base.report.study, selectedOn: 'development' as const }
    expect(htmlReport({ ...base, report: { ...base.report, study: decided } })).not.toContain('Selected on')
    expect(htmlReport({ ...base, recipe: { ...base.recipe, gates: [] } })).not.toContain('Selected on')
  })

  it('tell of trials that stopped early, have no result, or could not read a recording', () => {
    const trials = [
      baselineTrial,
      completedTrial('early', { stoppedBefore: 100, utterances: 40 }),
      completedTrial('partly', { unreadable: [{ utteranceId: 'clip 7', reason: 'Truncated.' }] }),
      unmeasuredTrial('broken', 'failed')
    ]
    const page = htmlReport(inputs(trials))
    const warnings = warningsOf(page)
    expect(warnings).toContain('1 of 4 trials stopped early')
    expect(warnings).toContain('1 of 4 trials have no result')
    expect(warnings).toContain('clip 7: Truncated.')
    expect(page).toContain('early †</th>')
    expect(page).toMatch(/after 40 of 100\s+recordings/)
  })
})

describe('texts from files', () => {
  const utterances: ReportedUtterances = {
    trialId: 'evil',
    worst: [
      {
        utteranceId: hostile,
        words: [
          { operation: 'match', reference: hostile, hypothesis: hostile },
          { operation: 'substitution', reference: hostile, hypothesis: hostile },
          { operation: 'deletion', reference: hostile },
          { operation: 'insertion', hypothesis: hostile }
        ],
        errors: 3,
        total: 3,
        baselineErrors: null,
        labelRank: null,
        failures: [hostile]
      }
    ],
    mostChanged: []
  }
  const evil = completedTrial(hostile, {
    trialId: 'evil',
    plan: [{ ...layer(hostile, 3), blockIndex: null }],
    versusBaseline: difference,
    unreadable: [{ utteranceId: hostile, reason: hostile }],
    conditions: { ...baselineTrial.conditions!, processor: hostile, normalizer: hostile, runtime: hostile },
    failures: { [hostile]: 2 },
    stoppedBefore: 99,
    gates: tier.gates!
  })
  const failed: TrialReport = {
    ...unmeasuredTrial(hostile, 'failed'),
    error: { code: 'io', message: hostile }
  }
  const base = inputs([baselineTrial, evil, failed], { utterances: [utterances] })
  const page = htmlReport({
    ...base,
    report: { ...base.report, study: { ...base.report.study, name: hostile } },
    recipe: { ...base.recipe, name: hostile, description: hostile },
    columns: [{ title: hostile, align: 'left', cell: ({ name }) => name }]
  })

  it('never become elements or attributes, in tables and in charts', () => {
    expect(page).not.toMatch(/<img/i)
    // Inside a quoted attribute the text is text; quotes of its own are escaped.
    expect(page.replace(/"[^"]*"/g, '')).not.toMatch(/<[^>]*\sonerror=/i)
    expect(page).not.toContain('\u0000')
    expect(sectionsOf(page)).toContain('utterances')
    // Title, header, description, tables, axis labels, words: all of them are there, as text.
    expect(page.split(escaped).length).toBeGreaterThan(20)
  })

  it('leave the structure of the page as it is', () => {
    const calm = htmlReport({
      ...base,
      report: {
        study: base.report.study,
        trials: [
          baselineTrial,
          { ...evil, name: 'x', plan: [{ ...layer('x', 3), blockIndex: null }] },
          { ...failed, name: 'x' }
        ]
      },
      recipe: { ...base.recipe, description: 'x' },
      columns: [{ title: 'x', align: 'left', cell: ({ name }) => name }]
    })
    const tags = (text: string) =>
      [...text.matchAll(/<\/?(h1|h2|table|tr|td|th|details|section|ins|del|li)\b/g)].length
    expect(tags(page)).toBe(tags(calm))
  })
})

describe('a study without results', () => {
  it('is a page that says so', () => {
    const page = htmlReport(inputs([unmeasuredTrial('baseline', 'pending')]))
    expect(page).toContain('No trial has been measured yet.')
    expect(sectionsOf(page)).toEqual(['trade-off', 'trials', 'provenance'])
  })
})

describe('spectra', () => {
  const curve = {
    indices: [0, 1, 2],
    singularValues: [4, 2, 0],
    discardedShares: [1, 0.2, 0],
    length: 3,
    energy: 20,
    effectiveRank: 1.6
  }
  const spectra = {
    modelHash: 'a',
    calibrationHash: null,
    matrices: [
      {
        layerIds: ['/a'],
        role: 'q' as const,
        blockIndex: 0,
        inFeatures: 3,
        outFeatures: 3,
        breakEvenRank: 1,
        weight: curve,
        activationWeighted: null
      }
    ]
  }

  it('are drawn where they are given, a pair of charts per role', () => {
    const page = htmlReport(inputs([baselineTrial], { spectra }))
    expect(sectionsOf(page)).toContain('spectra')
    expect(page).toContain('aria-label="Singular values of q layers"')
    expect(page).toContain('aria-label="Energy kept in q layers"')
    expect(page).not.toContain('its outputs on the calibration set')
  })
})
