import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../base/canonical-json'
import {
  trialIdentity,
  trialMethod,
  trialPrecision,
  trialTargetFraction,
  type TrialInputs,
  type TrialMaking,
  type TrialSpec
} from './trial-spec'

const evaluation = { threads: 1, warmupUtterances: 3, normalizer: 'none', resample: false, seed: 1 } as const

const lowRank = {
  kind: 'low-rank',
  method: 'whitened-svd',
  rankPolicy: 'uniform',
  retainedParameterFraction: 0.5,
  rankMultiple: 1,
  damping: 1e-8,
  excludeRoles: ['head'],
  exclude: [],
  precision: 'float32'
} as const satisfies TrialMaking

const makings: Readonly<Record<string, TrialMaking>> = {
  baseline: { kind: 'baseline' },
  int8: { kind: 'int8-dynamic' },
  'weight-svd': { ...lowRank, method: 'weight-svd' },
  'whitened-svd': lowRank
}

const inputs: TrialInputs = {
  modelHash: 'model',
  calibrationHash: 'calibration',
  evaluationHash: 'evaluation',
  versions: { 'weight-svd': 1, evaluation: 2 }
}

function spec(making: TrialMaking, changes: Partial<TrialSpec> = {}): TrialSpec {
  return { name: 'test', making, evaluation, ...changes }
}

/** The trial's id, as services/run-study makes it. */
function idOf(value: TrialSpec, changes: Partial<TrialInputs> = {}): string {
  const identity = canonicalJson(trialIdentity(value, { ...inputs, ...changes }))
  return createHash('sha256').update(identity).digest('hex')
}

describe('trialIdentity', () => {
  it('does not depend on the name', () => {
    expect(idOf(spec(lowRank, { name: 'another' }))).toBe(idOf(spec(lowRank)))
  })

  it.each([
    ['baseline', false],
    ['int8', true],
    ['weight-svd', true],
    ['whitened-svd', true]
  ])('of %s depends on the calibration set: %s', (name, expected) => {
    const trial = spec(makings[name]!)
    expect(idOf(trial, { calibrationHash: 'other' }) !== idOf(trial)).toBe(expected)
  })

  it.each(Object.entries(makings))('of %s depends on everything else', (_, making) => {
    const trial = spec(making)
    const ids = [
      idOf(trial),
      idOf(trial, { modelHash: 'other' }),
      idOf(trial, { evaluationHash: 'other' }),
      idOf(trial, { versions: { ...inputs.versions, evaluation: 3 } }),
      idOf(trial, { versions: { ...inputs.versions, uniform: 1 } }),
      idOf(spec(making, { evaluation: { ...evaluation, threads: 2 } })),
      idOf(spec(making, { evaluation: { ...evaluation, seed: 2 } }))
    ]
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('differs for every setting of a low-rank trial', () => {
    const changes: readonly Partial<typeof lowRank | TrialMaking>[] = [
      {},
      { method: 'weight-svd' },
      { retainedParameterFraction: 0.51 },
      { rankMultiple: 8 },
      { damping: 0 },
      { excludeRoles: [] },
      { exclude: ['layer'] },
      { precision: 'int8' }
    ]
    const ids = changes.map((change) => idOf(spec({ ...lowRank, ...change })))
    expect(new Set(ids).size).toBe(changes.length)
  })

  it('does not depend on the order in which members were written', () => {
    const reversed = Object.fromEntries(Object.entries(lowRank).reverse()) as unknown as TrialMaking
    expect(idOf(spec(reversed))).toBe(idOf(spec(lowRank)))
  })

  // Finished trials are found again by these. A change here throws away what users have computed: it must be wanted.
  it.each([
    ['baseline', '9f2de072ac5f7983ad4e65a34c517f51bd694ac71aa4957064f9274fcb5dfb4e'],
    ['int8', '4db839b832c3cd72af9a98d4abcf337b55d2a8573a959577b4dee89817f3dc8f'],
    ['weight-svd', '75c9c4d1a46f28fac5f60413775e77dfa4f54ff8913cc79f1643e2931c01064f'],
    ['whitened-svd', 'a1d8f9a539e3bfce2389ca54d2b360618097a542d094417bc84fe62cdf66036d']
  ])('gives %s the id it always had', (name, id) => {
    expect(idOf(spec(makings[name]!))).toBe(id)
  })

  it('is written as this text', () => {
    expect(canonicalJson(trialIdentity(spec(lowRank), inputs))).toBe(
      '{"calibrationHash":"calibration","evaluation":{"normalizer":"none","resample":false,"seed":1,"threads":1,"warmupUtterances":3},' +
        '"evaluationHash":"evaluation","making":{"damping":1e-8,"exclude":[],"excludeRoles":["head"],"kind":"low-rank",' +
        '"method":"whitened-svd","precision":"float32","rankMultiple":1,"rankPolicy":"uniform","retainedParameterFraction":0.5},' +
        '"modelHash":"model","versions":{"evaluation":2,"weight-svd":1}}'
    )
  })
})

describe('what reports say of a trial', () => {
  it.each([
    ['baseline', 'baseline', 'float32', 1],
    ['int8', 'int8-dynamic', 'int8', 1],
    ['weight-svd', 'weight-svd', 'float32', 0.5],
    ['whitened-svd', 'whitened-svd', 'float32', 0.5]
  ])('%s', (name, method, precision, fraction) => {
    const making = makings[name]!
    expect([trialMethod(making), trialPrecision(making), trialTargetFraction(making)]).toEqual([
      method,
      precision,
      fraction
    ])
  })

  it('int8 on top of factors is int8', () => {
    expect(trialPrecision({ ...lowRank, precision: 'int8' })).toBe('int8')
  })
})
