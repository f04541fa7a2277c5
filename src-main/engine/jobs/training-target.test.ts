import { describe, expect, it } from 'vitest'
import type { AudioClassifierDescription, CtcEncoderDescription } from '../../speech/families/family'
import type { Utterance } from '../../speech/datasets/utterance'
import { findNormalizer } from '../../speech/text/normalizers'
import { lossOf, trainingTarget } from './training-target'

const driven = { name: 'small', scores: 'logits' }
const classifier = {
  ...driven,
  family: 'audio-classifier',
  labels: ['no', 'yes']
} as unknown as AudioClassifierDescription
const encoder = {
  ...driven,
  family: 'ctc-encoder',
  vocabulary: { tokens: ['_', 'a', 'b'], specialIds: new Set([0]), blankId: 0 }
} as unknown as CtcEncoderDescription
const said = (text: string, label?: string) =>
  ({ id: '1', text, ...(label === undefined ? {} : { label }) }) as Utterance

describe('what a recording should be heard as', () => {
  it('is its place among the labels of a classifier, by the label of a folder or by its text', () => {
    const target = trainingTarget(classifier, findNormalizer('basic'))
    expect([said('', 'Yes'), said('no'), said('ignored', 'no')].map((each) => target.labels(each))).toEqual([
      [1],
      [0],
      [0]
    ])
    const heard = { kind: 'label', label: 'yes', topLabels: [] } as const
    expect(target.count(said('Yes'), heard)).toEqual({ wordErrors: 0, referenceWords: 1 })
    expect(target.count(said('no'), heard)).toEqual({ wordErrors: 1, referenceWords: 1 })
    expect(() => target.labels(said('maybe'))).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message: expect.stringMatching(/no label 'maybe', only no, yes/) as string
      })
    )
  })

  it('is the spelling of its text for CTC, whose words are aligned', () => {
    const target = trainingTarget(encoder, findNormalizer('none'))
    expect(target.labels(said('ab'))).toEqual([1, 2])
    expect(target.count(said('a b a'), { kind: 'text', text: 'a a b' })).toEqual({
      wordErrors: 2,
      referenceWords: 3
    })
  })
})

describe('the loss', () => {
  it('is that of the family where the recipe says none', () => {
    expect(lossOf(encoder, { loss: undefined })).toEqual({ kind: 'ctc' })
    expect(lossOf(classifier, { loss: undefined })).toEqual({ kind: 'cross-entropy', labelSmoothing: 0 })
    const smooth = { kind: 'cross-entropy', labelSmoothing: 0.1 } as const
    expect(lossOf(classifier, { loss: smooth })).toBe(smooth)
  })

  it('of another family is refused, and probabilities are', () => {
    expect(() => lossOf(classifier, { loss: { kind: 'ctc' } })).toThrow(
      /ctc does not fit 'small'.*cross-entropy/
    )
    expect(() => lossOf(encoder, { loss: { kind: 'cross-entropy', labelSmoothing: 0 } })).toThrow(/give ctc/)
    expect(() => lossOf({ ...classifier, scores: 'probabilities' }, { loss: undefined })).toThrow(
      expect.objectContaining({ code: 'unsupported-model' })
    )
  })
})
