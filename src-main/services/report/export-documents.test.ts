import { describe, expect, it } from 'vitest'
import { planFileSchema, rankMapOf } from '@contract/rank-plan'
import { builtModelSchema, measurementSchema, type BuiltModel } from '@contract/trial'
import { classifierTrial, completedTrial } from '../../../tests/helpers/trial-reports'
import { latheVersion } from '../../base/lathe-version'
import type { TrialMaking } from '../../study/trial-spec'
import { exportDocuments } from './export-documents'

const making = {
  kind: 'low-rank',
  method: 'whitened-svd',
  ranks: {
    policy: 'uniform',
    retainedFraction: 0.5,
    budgetUnit: 'parameters',
    budgetScope: 'layers',
    rankMultiple: 1,
    minimumRank: 1
  },
  selection: { excludeRoles: ['head'], include: [], exclude: [] },
  damping: 1e-8,
  refit: false,
  calibration: 'original',
  precision: 'float32'
} satisfies TrialMaking

const decision = { layerId: 'fc', role: 'fc1', blockIndex: 0, inFeatures: 384, outFeatures: 1536 } as const
const report = completedTrial('whitened-svd 50%')
const built: BuiltModel = {
  ...builtModelSchema.parse(report),
  plan: [
    { ...decision, rank: 153 },
    { ...decision, layerId: 'fc-2', rank: null }
  ],
  planOrigin: {
    policy: { name: 'uniform', version: 1 },
    budget: { unit: 'parameters', limit: 300_000, remainder: 0 },
    predicted: { unit: 'parameters', cost: 293_760, denseCost: 589_824, relativeError: 0.1 }
  },
  parity: [
    {
      comparison: 'full-rank',
      utterances: 3,
      maxAbsoluteError: 1e-4,
      maxRelativeError: 0.0000123,
      cosineSimilarity: 0.99999999,
      tolerance: 0.001
    }
  ]
}
const measurement = measurementSchema.parse(report)
const originalModelHash = 'original'

describe('exportDocuments', () => {
  it('writes a card with every number in words and its conditions', () => {
    const card = exportDocuments({ name: report.name, making, built, originalModelHash, measurement })[
      'lathe-card.md'
    ]
    expect(card!.split('\n')).toEqual([
      '# whitened-svd 50%',
      '',
      `Made by Lathe ${latheVersion}. Runs in stock ONNX Runtime; every file the original needs is beside it.`,
      '',
      '- Size: 16.0 MB, 4.00 M parameters',
      '- Kept in the compressed linear layers: 49.57 % of their parameters',
      '- Layers factorised: 1; left dense by the plan: 1',
      '- Outputs against the original (full-rank, 3 utterances): largest difference 1.23e-5 of the largest output, cosine 1.000000',
      '- Word error rate: 8.00 % (80 of 1000 words; 95 % interval 6.00 % to 10.00 %; normalizer none)',
      '- Latency per utterance: p50 40.0 ms, p95 80.0 ms, 50.0 times faster than real time (1 thread(s), Test CPU, onnxruntime 1.30.0)',
      '',
      'Everything recorded about it is in `lathe-plan.json`.',
      'The ranks are in `plan.json`, to edit and to use again: `lathe compress --plan plan.json`.',
      ''
    ])
  })

  it('says so when nothing was measured', () => {
    const card = exportDocuments({ name: report.name, making, built, originalModelHash })['lathe-card.md']
    expect(card).toContain('- Errors: not measured\n')
    expect(card).not.toContain('Latency')
  })

  it('says of a classifier how many labels are wrong', () => {
    const trial = classifierTrial('labels', {
      throughput: {
        realTimeSpeed: 120,
        unbatchedRealTimeSpeed: 100,
        batchAudioSeconds: 16,
        batches: 4,
        paddingShare: 0.02
      }
    })
    const card = exportDocuments({
      name: 'labels',
      making,
      built,
      originalModelHash,
      measurement: measurementSchema.parse(trial)
    })['lathe-card.md']
    expect(card).toContain('- Wrong labels: 5.00 % (3 of 64 recordings; 95 % interval 3.00 % to 7.00 %)\n')
    expect(card).toContain(
      '- Throughput in padded batches: 120.0 times faster than real time (one at a time: 100.0)\n'
    )
    expect(card).not.toContain('Word error rate')
  })

  it('writes a plan that a tool can read back', () => {
    const text = exportDocuments({ name: report.name, making, built, originalModelHash, measurement })[
      'lathe-plan.json'
    ]
    expect(JSON.parse(text!)).toEqual({
      lathe: latheVersion,
      name: report.name,
      making,
      model: built,
      measurement
    })
    expect(text!.endsWith('}\n')).toBe(true)
  })

  it('writes the ranks as a plan for the uncompressed model, and no plan where no ranks were chosen', () => {
    const documents = exportDocuments({ name: report.name, making, built, originalModelHash })
    const plan = planFileSchema.parse(JSON.parse(documents['plan.json']!))
    expect(plan.modelHash).toBe('original')
    expect(rankMapOf(plan)).toEqual({ fc: 153, 'fc-2': 'dense' })
    const { planOrigin: _, ...withoutRanks } = built
    const plain = exportDocuments({ name: 'int8', making, built: withoutRanks, originalModelHash })
    expect(Object.keys(plain)).toEqual(['lathe-card.md', 'lathe-plan.json'])
  })
})
