import { describe, expect, it } from 'vitest'
import { builtModelSchema, measurementSchema, type BuiltModel } from '@contract/trial'
import { completedTrial } from '../../../tests/helpers/trial-reports'
import { latheVersion } from '../../base/lathe-version'
import { exportDocuments } from './export-documents'

const making = {
  kind: 'low-rank',
  method: 'whitened-svd',
  rankPolicy: 'uniform',
  retainedParameterFraction: 0.5,
  rankMultiple: 1,
  damping: 1e-8,
  excludeRoles: ['head'],
  exclude: [],
  precision: 'float32'
} as const

const decision = { layerId: 'fc', role: 'fc1', blockIndex: 0, inFeatures: 384, outFeatures: 1536 } as const
const report = completedTrial('whitened-svd 50%')
const built: BuiltModel = {
  ...builtModelSchema.parse(report),
  plan: [
    { ...decision, rank: 153 },
    { ...decision, layerId: 'fc-2', rank: null }
  ],
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

describe('exportDocuments', () => {
  it('writes a card with every number in words and its conditions', () => {
    const card = exportDocuments({ name: report.name, making, built, measurement })['lathe-card.md']
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
      'The plan with every layer and rank is in `lathe-plan.json`.',
      ''
    ])
  })

  it('says so when nothing was measured', () => {
    const card = exportDocuments({ name: report.name, making, built })['lathe-card.md']
    expect(card).toContain('- Word error rate: not measured\n')
    expect(card).not.toContain('Latency')
  })

  it('writes a plan that a tool can read back', () => {
    const text = exportDocuments({ name: report.name, making, built, measurement })['lathe-plan.json']
    expect(JSON.parse(text!)).toEqual({
      lathe: latheVersion,
      name: report.name,
      making,
      model: built,
      measurement
    })
    expect(text!.endsWith('}\n')).toBe(true)
  })
})
