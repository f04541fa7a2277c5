import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { evaluationSettingsSchema } from '@contract/recipe'
import { canonicalJson } from '../base/canonical-json'
import {
  isYardstick,
  trialIdentity,
  trialMethod,
  trialPrecision,
  trialRankPolicy,
  type LowRankMaking,
  type TrialInputs,
  type TrialMaking,
  type TrialSpec
} from './trial-spec'

const evaluation = evaluationSettingsSchema.parse({})

const ranks = {
  policy: 'uniform',
  retainedFraction: 0.5,
  budgetUnit: 'parameters',
  budgetScope: 'layers',
  rankMultiple: 1,
  minimumRank: 1
} as const

const lowRank: LowRankMaking = {
  kind: 'low-rank',
  method: 'whitened-svd',
  ranks,
  selection: { excludeRoles: ['head'], include: [], exclude: [] },
  damping: 1e-8,
  refit: false,
  calibration: 'original',
  precision: 'float32'
}

const makings: Readonly<Record<string, TrialMaking>> = {
  baseline: { kind: 'baseline' },
  int8: { kind: 'quantize', precision: 'int8' },
  'weight-svd': { ...lowRank, method: 'weight-svd' },
  'whitened-svd': lowRank
}

const inputs: TrialInputs = {
  modelHash: 'model',
  calibrationHash: 'calibration',
  evaluationHash: 'evaluation',
  developmentHash: null,
  versions: { 'method weight-svd': 1, 'method whitened-svd': 1, 'precision int8': 1, evaluation: 2 }
}

function spec(making: TrialMaking, changes: Partial<TrialSpec> = {}): TrialSpec {
  return { name: 'test', making, evaluation, stoppingGates: [], ...changes }
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
      idOf(trial, { developmentHash: 'development' }),
      idOf(spec(making, { stoppingGates: [{ metric: 'error-rate', atMost: 0.1, reference: 'baseline' }] })),
      idOf(spec(making, { evaluation: { ...evaluation, threads: 2 } })),
      idOf(spec(making, { evaluation: { ...evaluation, seed: 2 } }))
    ]
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('differs for every setting of a low-rank trial', () => {
    const changes: readonly Partial<LowRankMaking>[] = [
      {},
      { method: 'weight-svd' },
      { ranks: { ...ranks, retainedFraction: 0.51 } },
      { ranks: { ...ranks, policy: 'energy' } },
      { ranks: { ...ranks, budgetUnit: 'bytes' } },
      { ranks: { ...ranks, budgetScope: 'model' } },
      { ranks: { ...ranks, rankMultiple: 8 } },
      { ranks: { ...ranks, minimumRank: 8 } },
      { ranks: { policy: 'manual', rankMap: { fc: 3 } } },
      { ranks: { policy: 'manual', rankMap: { fc: 4 } } },
      { damping: 0 },
      { selection: { ...lowRank.selection, excludeRoles: [] } },
      { selection: { ...lowRank.selection, include: ['layer'] } },
      { selection: { ...lowRank.selection, exclude: ['layer'] } },
      { refit: true },
      { calibration: 'sequential' },
      { precision: 'int8' },
      { fuseAttention: true }
    ]
    const ids = changes.map((change) => idOf(spec({ ...lowRank, ...change })))
    expect(new Set(ids).size).toBe(changes.length)
  })

  it('does not depend on the order in which members were written', () => {
    const reversed = Object.fromEntries(Object.entries(lowRank).reverse()) as unknown as TrialMaking
    expect(idOf(spec(reversed))).toBe(idOf(spec(lowRank)))
  })

  it('depends on the versions that concern it, and on no others', () => {
    const withVersion = (name: string) => ({ versions: { ...inputs.versions, [name]: 9 } })
    const id = idOf(spec(lowRank))
    for (const name of [
      'method whitened-svd',
      'ranks uniform',
      'calibration',
      'evaluation',
      'normalizer none'
    ]) {
      expect(idOf(spec(lowRank), withVersion(name)), name).not.toBe(id)
    }
    for (const name of ['method weight-svd', 'ranks energy', 'precision int8', 'normalizer basic', 'refit']) {
      expect(idOf(spec(lowRank), withVersion(name)), name).toBe(id)
    }
    expect(idOf(spec({ ...lowRank, precision: 'int8' }), withVersion('precision int8'))).not.toBe(
      idOf(spec({ ...lowRank, precision: 'int8' }))
    )
  })

  // Finished trials are found again by this. A change here throws away what users have computed: it must be wanted.
  it('is written as this text', () => {
    expect(canonicalJson(trialIdentity(spec(lowRank), inputs))).toBe(
      '{"calibrationHash":"calibration","evaluation":{"bootstrapUnit":"utterance","normalizer":"none","resample":false,' +
        '"seed":1,"skipUnreadable":false,"stopWhenDecided":false,"threads":1,"throughput":false,"warmupUtterances":3},' +
        '"evaluationHash":"evaluation","making":{"calibration":"original","damping":1e-8,"kind":"low-rank",' +
        '"method":"whitened-svd","precision":"float32","ranks":{"budgetScope":"layers","budgetUnit":"parameters",' +
        '"minimumRank":1,"policy":"uniform","rankMultiple":1,"retainedFraction":0.5},"refit":false,' +
        '"selection":{"exclude":[],"excludeRoles":["head"],"include":[]}},' +
        '"modelHash":"model","versions":{"evaluation":2,"method whitened-svd":1}}'
    )
  })
})

describe('what reports say of a trial', () => {
  it.each([
    ['baseline', 'baseline', 'float32', null],
    ['int8', 'quantize', 'int8', null],
    ['weight-svd', 'weight-svd', 'float32', 'uniform']
  ])('%s', (name, method, precision, policy) => {
    const making = makings[name]!
    expect([trialMethod(making), trialPrecision(making), trialRankPolicy(making)]).toEqual([
      method,
      precision,
      policy
    ])
  })

  it('int8 on top of factors is int8, but not the yardstick', () => {
    const both: TrialMaking = { ...lowRank, precision: 'int8' }
    expect(trialPrecision(both)).toBe('int8')
    expect([both, makings.int8!, makings.baseline!].map(isYardstick)).toEqual([false, true, false])
  })
})
